"""Which addresses a crawler must not connect to.

An explicit list: `ipaddress.is_global` admits 192.0.0.192, 64:ff9b::a9fe:a9fe, 2002:7f00:1:: and 224.0.0.1, and
what it admits changes with Python's version. From the IANA registries of special-purpose addresses, and the
metadata services of clouds that stand on public addresses.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

_NAMED = {
    # metadata services first: their name says more than the network they stand in
    "169.254.169.254/32": "metadata",
    "100.100.100.200/32": "metadata",
    "192.0.0.192/32": "metadata",
    "168.63.129.16/32": "metadata",
    "fd00:ec2::254/128": "metadata",
    "0.0.0.0/8": "this-network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "carrier-nat",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "protocol",
    "192.0.2.0/24": "documentation",
    "192.88.99.0/24": "6to4",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    "::/128": "this-network",
    "::1/128": "loopback",
    "::ffff:0:0/96": "ipv4-mapped",
    "64:ff9b::/96": "nat64",
    "64:ff9b:1::/48": "nat64",
    "100::/64": "discard",
    "2001::/32": "teredo",
    "2001::/23": "protocol",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",
    "3fff::/20": "documentation",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
}
_NETWORKS: tuple[tuple[IPv4Network | IPv6Network, str], ...] = tuple(
    (ip_network(network), name) for network, name in _NAMED.items()
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is given out so far; what lies outside is reserved."""


def refusal(address: str) -> str | None:
    """The name of the closed network that the address is in; None for an address that may be connected to.

    A scope (``fe80::1%eth0``) is part of the address. Raises `ValueError` for what is no IP address.
    """
    one = ip_address(address)
    for network, name in _NETWORKS:
        if one.version == network.version and one in network:
            return name
    return "reserved" if one.version == 6 and one not in _GLOBAL_UNICAST else None  # noqa: PLR2004 IPv6
