"""Every wrong setting is one sentence that names it; secrets are in no text about the settings."""

from pathlib import Path

import pytest

from bot.clock import OwnClock, SystemClock
from bot.settings import REAL_TELEGRAM, Settings, SettingWrong, read_settings

TOKEN = "123456:AAcanaryAAcanaryAAcanary"


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No .env, nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"NUANLIN_{name.upper()}", raising=False)


def read(monkeypatch: pytest.MonkeyPatch, **given: str) -> Settings:
    for name, value in given.items():
        monkeypatch.setenv(f"NUANLIN_{name.upper()}", value)
    return read_settings()


def test_nothing_has_to_be_set_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch)
    assert settings.telegram_url == REAL_TELEGRAM
    assert settings.database_url == "sqlite:///data/nuanlin.db"
    assert isinstance(settings.make_clock(), SystemClock)


def test_the_environment_comes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(f"NUANLIN_TOKEN={TOKEN}\nNUANLIN_LOG_LEVEL=DEBUG\nOTHER=1\n")
    settings = read(monkeypatch, log_level="ERROR")
    assert settings.log_level == "ERROR"
    assert settings.needed_token() == TOKEN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_url", "mysql://a/b"),
        ("database_url", "sqlite://"),
        ("database_url", "nonsense"),
        ("telegram_url", "api.telegram.org"),
        ("telegram_url", ""),
        ("webhook_url", "ftp://example.org"),
        ("webhook_secret", "with spaces"),
        ("webhook_secret", "x" * 257),
        ("listen", "8081"),
        ("listen", "127.0.0.1:http"),
        ("listen", "127.0.0.1:70000"),
        ("clock", "tomorrow"),
        ("clock", "2026-01-05T08:00:00"),
        ("log_level", "LOUD"),
    ],
)
def test_a_wrong_setting_is_one_sentence_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(SettingWrong) as wrong:
        read(monkeypatch, **{name: value})
    sentence = str(wrong.value)
    assert sentence.startswith(f"NUANLIN_{name.upper()} is wrong: ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert wrong.value.__cause__ is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_url", "postgresql://nuanlin:secret@db/nuanlin"),
        ("telegram_url", "http://127.0.0.1:8090/"),
        ("webhook_url", "https://example.org/hook"),
        ("webhook_secret", "Az09_-"),
        ("listen", "0.0.0.0:80"),
        ("listen", "[::1]:8081"),
        ("log_level", "debug"),
    ],
)
def test_a_right_setting_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    read(monkeypatch, **{name: value})


def test_without_a_token_it_is_said_where_one_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    for token in ("", "   "):
        with pytest.raises(SettingWrong, match=r"NUANLIN_TOKEN is missing.*BotFather"):
            read(monkeypatch, token=token).needed_token()


def test_a_clock_of_its_own_is_refused_with_the_real_telegram(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "2026-01-05T07:59:50+08:00 x60"
    with pytest.raises(SettingWrong, match="NUANLIN_CLOCK"):
        read(monkeypatch, clock=text).make_clock()
    local = read(monkeypatch, clock=text, telegram_url="http://127.0.0.1:8090")
    assert isinstance(local.make_clock(), OwnClock)


@pytest.mark.parametrize("url", [f"{REAL_TELEGRAM}/", "https://API.telegram.org"])
def test_another_way_of_writing_the_real_telegram_is_the_real_one_too(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with pytest.raises(SettingWrong, match="NUANLIN_CLOCK"):
        read(monkeypatch, clock="2026-01-05T07:59:50+08:00", telegram_url=url).make_clock()


def test_secrets_are_in_no_text_about_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(
        monkeypatch,
        token=TOKEN,
        webhook_secret="canarysecret",
        database_url="postgresql://nuanlin:canarypassword@db/nuanlin",
    )
    for text in (repr(settings), str(settings)):
        assert "canary" not in text


def test_a_wrong_database_url_is_refused_without_repeating_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(SettingWrong) as wrong:
        read(monkeypatch, database_url="mysql://nuanlin:canary@db/nuanlin")
    assert "canary" not in str(wrong.value)
