"""Sets up an installation for `fleet.py`: tables, a tenant, a running flow. Prints what was made."""

import json
import sys

from brygga.app.commands.session import start

if __name__ == "__main__":
    start()
    from brygga.app.store.models import Connection
    from brygga.app.tenancy.scope import scope
    from tests.journeys.world import Erp, Shop, make_world

    shop_url, erp_url, site = sys.argv[1:]
    world = make_world(Shop(shop_url, site), Erp(erp_url))
    with scope(world.tenant.pk):
        # No hint comes in: the poll must find every order.
        Connection.objects.filter(pk=world.shop_connection).update(poll_seconds=2)
    ids = {
        "sbm_id": world.erp.sbm_id,
        "shop_connection": world.shop_connection,
        "erp_connection": world.erp_connection,
        "flow": world.flow,
    }
    print(json.dumps(ids))
