"""Hypothesis profiles: `dev` for a quick look, `ci` the same every time, `long` for a night (HYPOTHESIS_PROFILE)."""

import os

from hypothesis import HealthCheck, settings

# Whole orders are large examples; that they take a moment to make is no fault.
_CALM = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("dev", max_examples=100, **_CALM)
settings.register_profile("ci", max_examples=500, derandomize=True, **_CALM)
settings.register_profile("long", max_examples=20_000, **_CALM)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") == "true" else "dev")
)
