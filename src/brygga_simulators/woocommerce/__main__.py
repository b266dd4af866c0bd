"""Starts the simulated shops: `python -m brygga_simulators.woocommerce`."""

import argparse
import ssl

from brygga_simulators.common.server import add_server_arguments, serve
from brygga_simulators.woocommerce.app import make_app


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(
        prog="python -m brygga_simulators.woocommerce", description="A simulated WooCommerce shop."
    )
    add_server_arguments(parser, default_port=8101)
    parser.add_argument("--sites", default="", metavar="A,B", help="more shops, each below /<name>/")
    parser.add_argument("--empty", action="store_true", help="start without products and orders")
    parser.add_argument("--seed", type=int, default=1, help="number that decides what the shop holds")
    parser.add_argument("--seed-products", type=int, default=130, metavar="N", help="how many products")
    parser.add_argument("--seed-orders", type=int, default=320, metavar="N", help="how many orders")
    parser.add_argument(
        "--setting",
        action="append",
        default=[],
        metavar="[SITE:]NAME=VALUE",
        help="a setting of the first shop, or of the one named; the value as JSON or text; repeatable",
    )
    parser.add_argument("--gateways", default="", metavar="A,B", help="payment plugins of every shop")
    parser.add_argument("--key", default="", help="consumer key of the first shop")
    parser.add_argument("--secret", default="", help="consumer secret of the first shop")
    parser.add_argument("--public-url", default="", help="the address that links are made from")
    parser.add_argument(
        "--trust-basic-over-http", action="store_true", help="let Basic and query keys work without TLS"
    )
    parser.add_argument(
        "--webhook-delay-ms", type=float, help="wait before deliveries; by default 2 to 27 seconds"
    )
    parser.add_argument("--tls-cert", default="", help="certificate file; with it the shop speaks https")
    parser.add_argument("--tls-key", default="", help="the certificate's key file")
    arguments = parser.parse_args()
    tls = None
    if arguments.tls_cert:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(arguments.tls_cert, arguments.tls_key or None)
    serve(make_app(arguments), arguments, tls)


if __name__ == "__main__":
    main()
