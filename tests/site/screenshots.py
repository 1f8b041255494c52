"""Take pictures of the built site: ``python screenshots.py SITE FOLDER [PAGE …]``.

Without pages named: the home page, the first lesson and the first page of the reference for a function, each in light,
in dark and on a phone.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sitecheck import files
from sitecheck.browser import DESKTOP, deny_elsewhere, launch, serve

LOOKS = {
    "light": {"color_scheme": "light", "viewport": DESKTOP},
    "dark": {"color_scheme": "dark", "viewport": DESKTOP},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2},
}
# Images below the first screen wait until they are scrolled to.
LOAD_IMAGES = """() => Promise.all([...document.images].map((image) => {
  image.loading = 'eager';
  return image.decode().catch(() => null);
}))"""


def typical(site: Path) -> list[str]:
    """Choose the home page, a lesson and a page of the reference."""
    reference = [
        name for name in files.pages(site) if name.startswith("reference/generated/") and name.count(".") > 2
    ]
    return ["index.html", *files.lessons(site)[:1], *reference[:1]]


def main(site: Path, folder: Path, names: list[str]) -> None:
    """Take the pictures, each of a whole page, and name the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    with serve(site) as address, launch() as browser:
        for look, settings in LOOKS.items():
            context = browser.new_context(**settings)
            deny_elsewhere(context)
            for name in names or typical(site):
                page = context.new_page()
                page.goto(f"{address}/{name}")
                page.evaluate(LOAD_IMAGES)
                target = folder / f"{Path(name).with_suffix('').as_posix().replace('/', '-')}-{look}.png"
                page.screenshot(path=target, full_page=True)
                print(target)
                page.close()
            context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]), sys.argv[3:])
