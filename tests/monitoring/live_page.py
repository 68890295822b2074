"""Has a browser use the live page of the shop under traffic: its panels, search, keys, pause, themes and widths.

    live_page.py SHOP DIRECTORY [MINUTES]

SHOP is the program. Screenshots are written to DIRECTORY once the shop has been under traffic for MINUTES (1 if not given).
The browser may report no error to the console, and may ask nobody but the endpoint.
"""

import base64
import io
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time
import urllib.parse

from PIL import Image
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from shop import Shop

PATIENCE = 60

# A phone and a large screen.
NARROW, WIDE = (360, 740), (1920, 1080)

REPORTS = ["search", "exemplars", "cardinality", "doctor"]


def fail(message):
    sys.exit(f"live page: {message}")


def expect(condition, message):
    if not condition:
        fail(message)


def browser(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--lang=en-GB",
        "--hide-scrollbars", f"--user-data-dir={profile}",
    ]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


class Page:
    def __init__(self, driver, live):
        self.driver = driver
        self.live = live
        self.origin = urllib.parse.urlsplit(live)._replace(path="").geturl()
        self.requests = 0

    def until(self, condition, what):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                found = condition()
                if found:
                    return found
            except (NoSuchElementException, StaleElementReferenceException):
                # The section is drawn anew.
                pass
            time.sleep(0.05)
        return fail(f"{what}: not within {PATIENCE} s; the page is at {self.driver.current_url} and says {self.status()!r}, {self.one('main').text[:200]!r}")

    def size(self, size):
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def status(self):
        return self.one("#status").text

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def go(self, section):
        self.driver.execute_script("location.hash = arguments[0]", f"#{section}")
        ready = "main article, main table, main .metrics, main .empty:not(:only-child)"
        self.until(lambda: self.all(ready) and not self.one("main").text.startswith("Loading"), section)

    def shoot(self, path):
        # The panels below the window are drawn when they come near it.
        height = self.driver.execute_script("return document.documentElement.scrollHeight")
        width = self.driver.execute_script("return document.documentElement.clientWidth")
        self.size((width, min(height, 1400)))
        self.driver.execute_script("scrollTo(0, 0); dispatchEvent(new Event('resize'))")
        frames = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 150)))"
        self.driver.execute_async_script(frames)
        png = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"]
        image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
        image.quantize(colors=128, dither=Image.Dither.NONE).save(path, optimize=True)

    def check_console(self):
        entries = [entry for entry in self.driver.get_log("browser") if entry["level"] in ("WARNING", "SEVERE")]
        expect(not entries, f"the console says {entries}")
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                # The browser begins with a page of its own.
                if not message["params"]["documentURL"].startswith(self.origin):
                    continue
                url = message["params"]["request"]["url"]
                known = url.startswith((self.origin + "/", "data:"))
                expect(known, f"the page asks for {url}")
                self.requests += 1


def sections(page):
    """Every section shows something, and panels under traffic have values."""
    slugs = [link.get_attribute("hash")[1:] for link in page.all("nav a")]
    expect(slugs[-4:] == REPORTS and "overview" in slugs and "http" in slugs and "application" in slugs, slugs)
    for slug in slugs:
        page.go(slug)
        expect(page.one("nav a[aria-current]").get_attribute("hash") == f"#{slug}", slug)
        if slug not in REPORTS:
            expect(page.all("main .panel"), f"{slug} has no panels")
    page.go("http")
    page.until(lambda: "req/s" in page.one("main .panel .legend .value").text, "a request rate")
    heat = page.one("main .heatmap .legend").text
    expect("in the last 1 min" in heat, f"the heatmap has its counts: {heat!r}")
    drawn = "const c = document.querySelector('main canvas'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; return d.some((v, i) => i % 4 === 3 && v > 0)"
    expect(page.driver.execute_script(drawn), "the first panel is not drawn")


def search(page):
    page.go("overview")
    page.press("/")
    expect(page.driver.switch_to.active_element.get_attribute("id") == "search", "`/` leads to the search")
    page.press("payments declined")
    page.until(lambda: page.one("main h2").text.startswith("1 of "), "the search finds one metric")
    found = page.one(".metrics li").text
    for text in ["shop_payments_failed_total", "counter", "examples/shop/src/metrics.rs:", "failure_reason"]:
        expect(text in found, f"{text} is in {found!r}")
    query = page.one(".metrics button").get_attribute("title")
    expect(query.startswith("sum by (") and "rate(shop_payments_failed_total[1m])" in query, query)
    page.one(".metrics button").click()
    page.until(lambda: "shop_payments_failed_total" in page.one(".toast").text, "the query is copied")
    page.one("#search").click()
    page.press(Keys.ENTER)
    page.until(lambda: page.one("main h2").text == "shop_payments_failed_total" and page.all("main .panel"), "Enter opens it")
    page.go("search")
    page.one("#search").click()
    page.press("no such thing")
    page.until(lambda: page.all("main .empty"), "a search without results says so")
    page.press(Keys.ESCAPE)
    page.until(lambda: not page.all("main .metrics"), "Escape leads back")
    expect(page.one("#search").get_attribute("value") == "", "Escape clears the search")


def keys(page):
    page.go("overview")
    page.press("j")
    page.until(lambda: page.one("nav a[aria-current]").get_attribute("hash") != "#overview", "`j` leads to the next section")
    page.press("k")
    page.until(lambda: page.one("nav a[aria-current]").get_attribute("hash") == "#overview", "`k` leads back")
    page.until(lambda: page.all("main .panel canvas"), "its panels")
    page.press("?")
    page.until(lambda: page.one("#keys").is_displayed(), "`?` shows the keys")
    page.press(Keys.ESCAPE)
    page.until(lambda: not page.one("#keys").is_displayed(), "Escape closes them")
    window = page.one("#window").get_attribute("value")
    page.press("w")
    page.until(lambda: page.one("#window").get_attribute("value") != window, "`w` chooses the next window")
    # Once around.
    for _ in range(3):
        page.press("w")
    expect(page.one("#window").get_attribute("value") == window, "there are four windows")
    page.until(lambda: page.all("main .panel canvas"), "its panels")
    # The arrows go through the moments of a panel, and all panels follow.
    moments = "return document.querySelectorAll('main .panel canvas').length"
    page.until(lambda: page.driver.execute_script(moments) > 2, "panels with samples")
    page.driver.execute_script("document.querySelector('main .panel').focus()")
    page.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    page.press(Keys.ESCAPE)


def pause(page):
    page.go("http")
    page.until(lambda: page.status().startswith("live"), "the page is live")
    page.press("p")
    page.until(lambda: page.status().startswith("paused at "), "`p` pauses")
    paused = page.status()
    asked = "return performance.getEntriesByType('resource').length"
    before = page.driver.execute_script(asked)
    # More than a sample later.
    page.driver.set_script_timeout(PATIENCE)
    page.driver.execute_async_script("setTimeout(arguments[0], 6000)")
    expect(page.status() == paused and page.driver.execute_script(asked) == before, "a paused page asks for nothing")
    page.one("#pause").click()
    page.until(lambda: page.status().startswith("live"), "it goes on")


def goes_on(page):
    page.go("overview")
    page.until(lambda: page.status().startswith("live ·"), "the page is live")
    first = page.status()
    page.until(lambda: page.status().startswith("live ·") and page.status() != first, "the next sample comes by itself")


def theme(page):
    back = "return getComputedStyle(document.body).backgroundColor"
    seen = {}
    for _ in range(3):
        seen[page.one("#theme").text] = page.driver.execute_script(back)
        page.press("t")
    expect(set(seen) == {"Theme: auto", "Theme: light", "Theme: dark"}, seen)
    expect(seen["Theme: light"] != seen["Theme: dark"], seen)


def set_theme(page, wanted):
    page.until(lambda: page.one("#theme").text == f"Theme: {wanted}" or page.press("t"), wanted)


def fits(page, width):
    """Nothing is wider than the window, but what scrolls by itself."""
    wide = page.driver.execute_script("return document.documentElement.scrollWidth")
    expect(wide <= width, f"the page is {wide} pixels wide in a window of {width}")


def main(program, directory, minutes="1"):
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    work = tempfile.mkdtemp(prefix="live-page-")
    shop = Shop(program, work)
    driver = None
    try:
        since = time.monotonic()
        driver = browser(os.path.join(work, "profile"))
        page = Page(driver, shop.live)
        driver.execute_cdp_cmd("Network.enable", {})
        page.size(WIDE)
        driver.get(page.origin + "/")
        expect("Metrics of this program" in page.one("h1").text, "the page at / says what is here")
        page.shoot(directory / "live-index.png")
        page.one("a[href=live]").click()
        page.until(lambda: page.all("main .panel .legend .value"), "the first numbers")
        page.check_console()
        goes_on(page)
        sections(page)
        search(page)
        keys(page)
        pause(page)
        theme(page)
        page.check_console()
        page.driver.set_script_timeout(PATIENCE)
        while time.monotonic() - since < float(minutes) * 60:
            page.driver.execute_async_script("setTimeout(arguments[0], 1000)")
        for name, size, section, scheme in [
            ("light", (1280, 800), "http", "light"),
            ("dark", (1280, 800), "overview", "dark"),
            ("wide", WIDE, "application", "light"),
            ("narrow", NARROW, "overview", "dark"),
            ("search", (1280, 800), "search", "light"),
            ("doctor", (1280, 800), "doctor", "light"),
            ("cardinality", NARROW, "cardinality", "light"),
        ]:
            set_theme(page, scheme)
            page.size(size)
            page.go(section)
            if section not in REPORTS:
                page.until(lambda: page.all("main .panel canvas"), f"panels of {section}")
            fits(page, size[0])
            page.shoot(directory / f"live-{name}.png")
        for slug in REPORTS + ["http", "database", "metric:http_request_duration_seconds"]:
            page.size(NARROW)
            page.go(slug)
            fits(page, NARROW[0])
        page.check_console()
        shop.stop()
        page.until(lambda: page.status() == "no connection, trying again", "the page notices that the shop is closed")
        print(f"live page: {page.requests} requests, all of them to the endpoint; no error on the console")
    finally:
        if driver:
            driver.quit()
        shop.stop()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
