"""The meeting page at `/`, used as a person uses it: by what is written on it and its test ids."""

from .waiting import eventually


class MeetingPage:
    """One person's meeting page in Chromium."""

    def __init__(self, person, server_url):
        self.person, self.page, self.url = person, person.browser.page, server_url

    @property
    def name(self):
        return self.person.name

    def element(self, test_id):
        return self.page.get_by_test_id(test_id)

    def open(self, query=""):
        """Opens the page and waits for the camera's preview."""
        self.page.goto(self.url + "/" + query)
        eventually(
            lambda: self.page.evaluate("() => [...document.querySelectorAll('video')].some((v) => v.videoWidth > 0)"),
            f"{self.name} sees the preview of the camera")

    def join(self, room):
        """Fills in the form and clicks; returns when the call is there."""
        self.element("name-input").fill(self.name)
        self.element("room-input").fill(room)
        self.element("join-button").click()
        self.element("leave-button").wait_for(timeout=15_000)

    def ask(self, room):
        """Fills in the form and clicks, as a guest who has to be let in; returns when it waits."""
        self.element("name-input").fill(self.name)
        self.element("room-input").fill(room)
        self.element("join-button").click()
        self.element("waiting-screen").wait_for(timeout=10_000)

    def enter(self, room, query=""):
        self.open(query)
        self.join(room)

    def choose(self, name, action):
        """Does something of the menu on the tile of `name`."""
        self.page.locator(f'article[aria-label="{name}"] .tile-menu').click()
        self.element(f"menu-{action}").click()

    def actions(self, name):
        """What the menu on the tile of `name` offers."""
        button = self.page.locator(f'article[aria-label="{name}"] .tile-menu')
        if not button.is_visible():
            return []
        button.click()
        items = self.page.get_by_role("menuitem").all_inner_texts()
        self.page.keyboard.press("Escape")
        return items

    def says(self, text):
        """Waits for the note at the top of the call to contain `text`."""
        banner = self.element("status-banner")
        eventually(lambda: banner.is_visible() and text in banner.inner_text(), f"{self.name} reads “{text}”")

    def tiles(self):
        """Name on each tile → the colour in it and how the tile is marked."""
        found = self.page.evaluate("""() => [...document.querySelectorAll('[data-testid^="tile-"]')].map((tile) => {
          const video = tile.querySelector('video');
          const picture = video && !video.hidden ? stoaProbe.readPicture(video) : null;
          return { name: tile.getAttribute('aria-label'), rgb: picture?.rgb ?? null,
                   speaking: tile.classList.contains('speaking') };
        })""")
        return {tile["name"]: tile for tile in found}

    def shared_screen(self):
        """Pictures of the shared screen that came in half a second; None if none is shown."""
        return self.page.evaluate("""async () => {
          const video = document.querySelector('[data-testid="screen-share"]:not([hidden]) video');
          if (!video || video.videoWidth === 0) return null;
          const before = video.getVideoPlaybackQuality().totalVideoFrames;
          await new Promise((resolve) => setTimeout(resolve, 500));
          return video.getVideoPlaybackQuality().totalVideoFrames - before;
        }""")

    def messages(self):
        return self.page.evaluate(
            "() => [...document.querySelectorAll('[data-testid=\"chat-message\"] .message-text')]"
            ".map((each) => each.textContent)")

    def say(self, text):
        """Writes into the chat, which must be open."""
        self.element("chat-input").fill(text)
        self.element("chat-send").click()

    def leave(self):
        self.element("leave-button").click()
        self.element("left-screen").wait_for(timeout=10_000)
