"""Which addresses are closed."""

import pytest

from crawler.guards.networks import refusal


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("0.0.0.0", "this-network"),
        ("10.255.255.255", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.0.1", "private"),
        ("169.254.169.254", "metadata"),
        ("169.254.1.1", "link-local"),
        ("100.64.0.1", "carrier-nat"),
        ("100.100.100.200", "metadata"),
        ("192.0.0.192", "metadata"),
        ("168.63.129.16", "metadata"),
        ("192.0.2.1", "documentation"),
        ("198.18.0.1", "benchmarking"),
        ("224.0.0.1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("::", "this-network"),
        ("::1", "loopback"),
        ("::7f00:1", "reserved"),
        ("::ffff:8.8.8.8", "ipv4-mapped"),
        ("64:ff9b::a9fe:a9fe", "nat64"),
        ("2002:7f00:1::", "6to4"),
        ("2001:0:4136:e378::", "teredo"),
        ("fd00:ec2::254", "metadata"),
        ("fc00::1", "private"),
        ("fe80::1%eth0", "link-local"),
        ("ff02::1", "multicast"),
        ("4000::1", "reserved"),
    ],
)
def test_closed(address: str, network: str) -> None:
    assert refusal(address) == network


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "192.0.1.1"),
        *("9.255.255.255", "11.0.0.0", "223.255.255.255", "2400:3200::1", "2606:4700::1111", "2a00::1"),
    ],
)
def test_open(address: str) -> None:
    assert refusal(address) is None


def test_what_is_no_address_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        refusal("localhost")
