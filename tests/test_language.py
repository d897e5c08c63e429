import pytest

from stance.language import is_dutch


@pytest.mark.parametrize(
    "text",
    [
        "De minister wil de sancties tegen Rusland met zes maanden verlengen.",
        "Nee.",
        "",
        "12.000 € !!!",
        "Voorzitter, ik dank de collega voor zijn vraag over het wapenembargo.",
    ],
)
def test_dutch_and_what_is_too_short_to_tell(text):
    assert is_dutch(text)


@pytest.mark.parametrize(
    "text",
    [
        "The minister wants to extend the sanctions against Russia by six months.",
        "Le ministre souhaite prolonger les sanctions contre la Russie de six mois.",
        "Der Minister will die Sanktionen gegen Russland um sechs Monate verlängern.",
        "Министр хочет продлить санкции против России на шесть месяцев.",
    ],
)
def test_other_languages(text):
    assert not is_dutch(text)
    assert not is_dutch(text * 1000)
