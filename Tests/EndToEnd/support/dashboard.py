"""The dashboard at `/dashboard`, used as a person uses it: by what is written on it."""

from .waiting import eventually

# Every text whose contrast to what is behind it is below that of WCAG 2.1 AA, with its ratio.
LOW_CONTRAST = """() => {
  const parsed = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((value) => value / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const [r, g, b, alpha = 1] = parsed(getComputedStyle(each).backgroundColor);
      if (alpha > 0.9) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.nodeValue.trim() || element.closest('.unseen, .skip, [hidden], script, [aria-disabled]')) continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0 || getComputedStyle(element).visibility === 'hidden') continue;
    const style = getComputedStyle(element);
    const bar = element.closest('.session-bar');
    const ground = bar ? parsed(getComputedStyle(bar.querySelector('rect')).fill) : behind(element);
    const colour = element instanceof SVGElement ? style.fill : style.color;
    const [high, low] = [light(parsed(colour)), light(ground)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    const large = parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 600;
    if (ratio < (large ? 3 : 4.5)) found.push(`${node.nodeValue.trim()}: ${ratio.toFixed(2)}`);
  }
  return found;
}"""


class Dashboard:
    """One browser tab with the dashboard."""

    def __init__(self, browser, server_url):
        self.browser, self.page, self.url = browser, browser.page, server_url
        self.requests = []
        self.page.on("request", lambda request: self.requests.append(request))

    def open(self, address="/dashboard"):
        self.page.goto(self.url + address)

    def sign_in(self):
        """In development: one click."""
        self.open()
        self.page.get_by_test_id("development-key").click()
        self.page.get_by_role("navigation", name="Dashboard").wait_for()

    def go(self, address):
        """Opens a view by its part of the address, and returns when it is loaded."""
        self.page.evaluate("(hash) => { location.hash = hash; }", address)
        self.settled()

    def settled(self):
        eventually(
            lambda: self.page.evaluate(
                "() => !!document.querySelector('#content h1') && !document.querySelector('.skeleton')"
                " && !document.querySelector('#content[aria-busy]')"),
            f"{self.page.url} is loaded")

    def text(self):
        return self.page.locator("#content").inner_text()

    def title(self):
        return self.page.locator("#content h1").inner_text()

    def rows(self):
        """The cells of each row of the first table."""
        return self.page.locator("#content .table tbody tr").evaluate_all(
            "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim()))")

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def dialog(self):
        return self.page.locator("dialog[open]")

    def width(self):
        """How wide the page is, which is more than the window if something sticks out."""
        return self.page.evaluate("() => document.documentElement.scrollWidth")

    def low_contrast(self):
        return self.page.evaluate(LOW_CONTRAST)

    def complaints(self):
        """What the browser has said of errors and of the policy."""
        # The page asks whether the server gives development tokens, which Chromium notes if it is not 2xx.
        return [message for message in self.browser.messages
                if message.startswith("error") and "Failed to load resource" not in message]
