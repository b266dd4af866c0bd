"""The console's addresses: everything of a tenant is under its own name."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from brygga.app.console.views import (
    attention,
    buttons,
    connections,
    flow,
    grouping,
    home,
    overview,
    reports,
    tasks,
    work,
    works,
)

app_name = "console"

_tenant: list[URLPattern | URLResolver] = [
    path("", overview.overview, name="overview"),
    path("live/", overview.overview_live, name="overview_live"),
    path("attention/", attention.attention, name="attention"),
    path("attention/retry/", buttons.retry_cause, name="retry_cause"),
    path("attention/done/", buttons.done, name="done"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/decide-all/", tasks.decide_all, name="decide_all"),
    path("tasks/<int:pk>/decide/", tasks.decide, name="decide"),
    path("connections/", connections.connections, name="connections"),
    path("connections/new/", connections.new, name="connection_new"),
    path("connections/new/<slug:key>/", connections.new, name="connection_new_of"),
    path("connections/<int:pk>/", connections.connection, name="connection"),
    path("connections/<int:pk>/check/", connections.recheck, name="recheck"),
    path("connections/<int:pk>/pause/", connections.pause, name="pause"),
    path("flows/new/", flow.choose, name="flow_new"),
    path("flows/new/<int:preset>/", flow.new, name="flow_new_of"),
    path("flows/<int:pk>/", flow.flow, name="flow"),
    path("flows/<int:pk>/live/", flow.flow_live, name="flow_live"),
    path("flows/<int:pk>/settings/<slug:key>/", flow.setting, name="setting"),
    path("flows/<int:pk>/preset/<int:preset>/", flow.preset, name="flow_preset"),
    path("flows/<int:pk>/start/", flow.start, name="start"),
    path("flows/<int:pk>/stop/", flow.stop, name="stop"),
    path("flows/<int:pk>/reports/", reports.reports, name="reports"),
    path("flows/<int:pk>/reports/compare/", reports.compare, name="compare"),
    path("flows/<int:pk>/reports/<int:report>/", reports.report, name="report"),
    path("flows/<int:pk>/reports/<int:report>/file/<slug:form>/", reports.report_file, name="report_file"),
    path("flows/<int:pk>/strangers/", reports.strangers, name="strangers"),
    path("flows/<int:pk>/grouping/", grouping.grouping, name="grouping"),
    path("flows/<int:pk>/grouping/file/<slug:form>/", grouping.grouping_file, name="grouping_file"),
    path("orders/", works.orders, name="orders"),
    path("orders/<int:pk>/", work.order, name="order"),
    path("products/", works.products, name="products"),
    path("products/<int:pk>/", work.product, name="product"),
    path("customers/", works.customers, name="customers"),
    path("customers/<int:pk>/", work.customer, name="customer"),
    path("items/", works.items, name="items"),
    path("items/<int:pk>/", work.item, name="item"),
    path("goods/", works.goods, name="goods_list"),
    path("goods/<int:pk>/", work.goods, name="goods"),
    path("statuses/", works.statuses, name="statuses"),
    path("statuses/<int:pk>/", work.status, name="status"),
    path("<slug:kind>/<int:pk>/retry/", buttons.retry, name="retry"),
    path("<slug:kind>/<int:pk>/ignore/", buttons.ignore, name="ignore"),
    path("<slug:kind>/<int:pk>/edit/", buttons.edit, name="edit"),
    path("<slug:kind>/<int:pk>/link/", buttons.link, name="link"),
    path("<slug:kind>/<int:pk>/renumber/", buttons.renumber, name="renumber"),
    path("<slug:kind>/<int:pk>/release/", buttons.release, name="release"),
    path("<slug:kind>/<int:pk>/raw/<int:line>/", work.raw, name="raw"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("language/", set_language, name="language"),
    path("t/<slug:slug>/", include(_tenant)),
]
