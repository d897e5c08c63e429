import pytest

from stance.actors import ActorTable
from stance.target_cues import cues_at

TABLE = ActorTable.load()


def cues(text, name):
    """The cues beside the mention that begins with a name."""
    mention = next(one for one in TABLE.mentions(text) if text.startswith(name, one.start))
    return cues_at(mention, text)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("het wapenembargo van 2014 tegen Rusland", "Rusland", {"toward", "against"}),
        ("Sancties voor heel Darfur", "Darfur", {"toward"}),
        ("Wij stemmen tegen. Rusland", "Rusland", set()),
        ("de handel met Iran", "Iran", {"dealings", "near"}),
        ("olie uit Iran", "Iran", {"near"}),
        ("bevroren Russische tegoeden", "Russische", {"goods"}),
        ("Rusland heeft tegoeden", "Rusland", set()),
        ("Iran wordt door de VS gestraft", "Iran", {"suffers"}),
        ("de Amerikaanse economische sancties", "Amerikaanse", {"sends"}),
        ("Peking verlengt de lijst", "Peking", {"imposes"}),
        ("volgens de Russen", "Russen", {"speaks"}),
        ("chips via Turkije", "Turkije", {"via"}),
        ("de Poolse grens", "Poolse", {"border"}),
        ("het akkoord van Minsk", "Minsk", {"meeting", "near"}),
        ("wegens de gevechten in Tigray", "Tigray", {"reason"}),
        ("Rusland en Belarus", "Belarus", {"listed"}),
        ("SANCTIES TEGEN IRAN", "IRAN", {"toward", "against"}),
    ],
)
def test_cues(text, name, expected):
    assert cues(text, name) == expected


def test_a_cue_that_is_far_away_does_not_count():
    assert "suffers" not in cues("Iran" + " en zo" * 30 + " wordt gestraft", "Iran")


def test_a_long_text_takes_no_longer_than_its_mentions():
    text = "sancties " * 20_000 + "tegen Iran" + " de" * 20_000
    assert {"toward", "against"} <= cues(text, "Iran")
