"""A product's pictures: known ones by id, new ones by the address they are fetched from."""

from typing import Any

from brygga_simulators.woocommerce.errors import RestError
from brygga_simulators.woocommerce.site import Doc, Site


def set_on_product(site: Site, product: Doc, body: Doc, broken_images: dict[str, str]) -> None:
    """Set the pictures; one that can't be fetched makes the whole write fail."""
    single = body.get("image")
    asked = body.get("images") if isinstance(body.get("images"), list) else None
    if product["type"] == "variation":
        if not isinstance(single, dict) or not (single.get("id") or single.get("src")):
            return
        asked = [single]
    if asked is None:
        return
    images: list[Any] = []
    for picture in asked:
        source = picture.get("src") if isinstance(picture, dict) else None
        if source in broken_images:
            raise RestError(
                400,
                "woocommerce_product_image_upload_error",
                f"Fel vid hämtning av fjärrbild {source}. Fel: {broken_images[source]}",
            )
        known = next((i for i in product["images"] if i["id"] == (picture or {}).get("id")), None)
        images.append({**known, **picture} if known else _new_image(site, picture))
    if product["type"] == "variation":
        product["image"] = images[0]
    else:
        product["images"] = images


def _new_image(site: Site, picture: Doc) -> Doc:
    image: Doc = {"id": picture.get("id") or site.next_id("post")}
    site.set_date(image, "date_created")
    site.set_date(image, "date_modified")
    source = str(picture.get("src") or "")
    name = str(picture.get("name") or source.rsplit("/", 1)[-1])
    stored = f"{site.url}/wp-content/uploads/{name}" if source else ""
    return image | {"src": stored, "name": name, "alt": str(picture.get("alt") or "")}
