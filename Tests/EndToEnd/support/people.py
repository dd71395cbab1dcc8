"""A person in a browser: what they show, and what they see and hear of the others."""

from .media import IDENTITIES, nearest_identity
from .waiting import eventually


class Person:
    """A browser page with an identity (see media.py)."""

    def __init__(self, browser, identity):
        self.browser, self.identity = browser, identity

    @property
    def name(self):
        return self.identity.name

    def evaluate(self, function, argument=None):
        return self.browser.evaluate(function, argument)

    def seen(self, milliseconds=700):
        """Names of those whose moving picture is here."""
        pictures = self.evaluate("(ms) => stoaProbe.pictures(ms)", milliseconds)
        moving = [picture for picture in pictures if picture["moved"] >= 4]
        found = {nearest_identity(picture["rgb"]) for picture in moving}
        return {identity.name for identity in found if identity}

    def heard(self, milliseconds=900):
        """Names of those whose tone is heard here."""
        tones = self.evaluate("(ms) => stoaProbe.tones(ms)", milliseconds)
        found = set()
        for tone in tones:
            best = min(IDENTITIES, key=lambda each: abs(each.hertz - tone["hertz"]))
            if abs(best.hertz - tone["hertz"]) <= 20:
                found.add(best.name)
        return found

    def statistics(self):
        return self.evaluate("() => stoaProbe.statistics()")

    def decoded_rates(self, seconds=4):
        """Pictures decoded per second by each received video that decodes at all."""
        before, after = self.evaluate(
            "async (ms) => { const a = await stoaProbe.statistics();"
            " await new Promise((r) => setTimeout(r, ms)); return [a, await stoaProbe.statistics()]; }",
            seconds * 1000)
        elapsed = (after["now"] - before["now"]) / 1000
        earlier = {video["ssrc"]: video["decoded"] for video in before["videos"]}
        rates = [
            {"rate": (video["decoded"] - earlier.get(video["ssrc"], 0)) / elapsed, "height": video["height"]}
            for video in after["videos"]]
        return [each for each in rates if each["rate"] > 1]

    def sees_and_hears(self, others, seconds=20):
        """Waits until exactly these people are seen and heard."""
        names = {other.name for other in others}

        def same():
            seen = self.seen()
            assert seen == names, f"{self.name} sees {sorted(seen)}, not {sorted(names)}"
            heard = self.heard()
            assert heard == names, f"{self.name} hears {sorted(heard)}, not {sorted(names)}"
            return True

        eventually(same, f"{self.name} sees and hears {sorted(names)}", seconds)

    def close(self):
        self.browser.close()
