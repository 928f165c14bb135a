from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from monitor.channels import ChannelError, channels
from tests.monitor.telling import HOUR, NOW


def test_channels_of_the_environment() -> None:
    found = channels(
        {
            "PANXI_CHANNEL_MAIL": "mailto://x",
            "PANXI_CHANNEL_HOOK": "https://example.com/t0ken",
            "PANXI_CHANNEL_HOOK_SECRET": "s3cret",
            "PANXI_CHANNEL_HOOK_QUIET": "22:00-7:30",
            "PANXI_CHANNEL_HOOK_ALLOW": "10.0.0.5, intranet",
            "HOME": "/root",
        }
    )
    assert list(found) == ["hook", "mail"]
    hook = found["hook"]
    assert (hook.secret, hook.quiet, hook.allow) == ("s3cret", (time(22), time(7, 30)), ("10.0.0.5", "intranet"))
    assert (hook.webhook, found["mail"].webhook) == (True, False)
    assert "t0ken" not in repr(found)
    assert "s3cret" not in repr(found)


def test_channels_of_a_file_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    file.write_text('[mail]\nurl = "mailto://file"\n[hook]\nurl = "https://example.com"\nallow = ["a", "b"]\n')
    found = channels({"PANXI_CHANNELS": str(file), "PANXI_CHANNEL_MAIL": "mailto://environment"})
    assert (found["mail"].url, found["hook"].allow) == ("mailto://environment", ("a", "b"))


@pytest.mark.parametrize(
    "environment",
    [
        {"PANXI_CHANNEL_HOOK_SECRET": "s3cret"},
        {"PANXI_CHANNEL_HOOK": "https://example.com/s3cret", "PANXI_CHANNEL_HOOK_QUIET": "at night"},
        {"PANXI_CHANNEL_HOOK": "https://example.com/s3cret", "PANXI_CHANNEL_HOOK_QUIET": "25:00-26:00"},
        {"PANXI_CHANNELS": "/nowhere/s.toml"},
        {"PANXI_CHANNELS": "mailto://reader:s3cret@example.com"},
    ],
)
def test_what_is_wrong_is_said_without_the_secret(environment: dict[str, str]) -> None:
    with pytest.raises(ChannelError) as wrong:
        channels(environment)
    assert "s3cret" not in str(wrong.value)


def test_what_is_no_file_of_channels_is_said_with_what_would_be(tmp_path: Path) -> None:
    with pytest.raises(
        ChannelError, match=r"names a file of channels, and 'mail' .*No such file.* PANXI_CHANNEL_MAIL="
    ):
        channels({"PANXI_CHANNELS": "mail"})
    with pytest.raises(ChannelError, match="Is a directory"):
        channels({"PANXI_CHANNELS": str(tmp_path)})
    (tmp_path / "channels.toml").write_text("[mail]\nurl = \n")
    with pytest.raises(ChannelError, match=r"is not TOML: .*line 2"):
        channels({"PANXI_CHANNELS": str(tmp_path / "channels.toml")})
    (tmp_path / "channels.toml").write_bytes("[邮件]".encode("gbk"))
    with pytest.raises(ChannelError, match="is not UTF-8"):
        channels({"PANXI_CHANNELS": str(tmp_path / "channels.toml")})


def test_a_file_with_other_keys_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    file.write_text('[mail]\nurl = "mailto://x"\npassword = "s3cret"\n')
    with pytest.raises(ChannelError) as wrong:
        channels({"PANXI_CHANNELS": str(file)})
    assert "s3cret" not in str(wrong.value)


def test_quiet_hours_may_run_over_midnight() -> None:
    night = channels({"PANXI_CHANNEL_X": "a://b", "PANXI_CHANNEL_X_QUIET": "22:00-07:00"})["x"]
    noon = channels({"PANXI_CHANNEL_X": "a://b", "PANXI_CHANNEL_X_QUIET": "11:30-13:00"})["x"]
    always = channels({"PANXI_CHANNEL_X": "a://b"})["x"]
    at = {hour: NOW + timedelta(hours=hour) for hour in range(24)}  # NOW is noon in China
    assert [hour for hour in at if night.is_quiet(at[hour])] == [10, 11, 12, 13, 14, 15, 16, 17, 18]
    assert [hour for hour in at if noon.is_quiet(at[hour])] == [0]
    assert not any(always.is_quiet(moment) for moment in (NOW, NOW + 12 * HOUR))
