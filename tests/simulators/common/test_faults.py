"""Faults strike the requests they were meant for, as often as asked, and only those."""

import pytest

from brygga_simulators.common.faults import PRESETS, Fault, FaultPlan, fault_from

ORDER = "POST /putInfo.asp?newOrderSubmit"


def test_a_fault_strikes_as_often_as_asked():
    plan = FaultPlan()
    plan.add(Fault("once", "server_error", match="newOrder", times=1))

    assert [f.name for f in plan.next_for(ORDER)] == ["once"]
    assert list(plan.next_for(ORDER)) == []


def test_other_requests_pass():
    plan = FaultPlan()
    plan.add(Fault("orders", "server_error", match="newOrder"))

    assert list(plan.next_for("POST /putInfo.asp?newCustomerSubmit")) == []


def test_a_regular_expression_may_name_the_request():
    plan = FaultPlan()
    plan.add(Fault("items", "cut_after", match=r"PUT /orders/\d+$"))

    assert plan.next_for("PUT /orders/12")
    assert not plan.next_for("PUT /orders/batch")


def test_a_question_mark_is_no_pattern_when_the_text_itself_fits():
    plan = FaultPlan()
    plan.add(Fault("x", "cut_after", match="putInfo.asp?newOrderSubmit"))

    assert plan.next_for(ORDER)


def test_the_first_calls_may_pass():
    plan = FaultPlan()
    plan.add(Fault("later", "server_error", after=2, times=1))

    assert [len(plan.next_for(ORDER)) for _ in range(4)] == [0, 0, 1, 0]


def test_two_faults_are_met_one_after_the_other():
    plan = FaultPlan()
    plan.add(Fault("first", "server_error", times=1))
    plan.add(Fault("second", "cut_after", times=1))

    assert [f.name for f in plan.next_for(ORDER)] == ["first"]
    assert [f.name for f in plan.next_for(ORDER)] == ["second"]


def test_a_wait_goes_with_another_fault():
    plan = FaultPlan()
    plan.add(Fault("slow", "latency", ms=5))
    plan.add(Fault("then", "cut_after", times=1))

    assert [f.name for f in plan.next_for(ORDER)] == ["slow", "then"]


def test_chance_is_repeatable():
    def strikes() -> list[int]:
        plan = FaultPlan(seed=7)
        plan.add(Fault("flaky", "server_error", probability=0.5))
        return [len(plan.next_for(ORDER)) for _ in range(40)]

    assert strikes() == strikes()
    assert 5 < sum(strikes()) < 35


def test_a_preset_can_be_changed():
    fault = fault_from({"name": "timeout_after", "match": "newOrder", "ms": 10})

    assert (fault.kind, fault.match, fault.ms, fault.times) == ("timeout_after", "newOrder", 10, 1)


@pytest.mark.parametrize(
    "wrong", [{}, {"name": "nothing"}, {"kind": "nothing"}, {"name": "slow", "color": 1}]
)
def test_a_wrong_fault_is_refused_with_a_reason(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        fault_from(wrong)


def test_faults_can_be_cleared_by_name():
    plan = FaultPlan()
    plan.add(PRESETS["slow"])
    plan.add(PRESETS["flaky"])
    plan.clear("slow")

    assert [f["name"] for f in plan.list()] == ["flaky"]
