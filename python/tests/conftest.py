"""Traces that many tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

import spanwise as sw

SHOP = """
    trace 1
    frontend GET /cart      0..100 server error http.route=/cart
      frontend GET cart     5..70 client error
        cart GetCart       10..60 server error event=exception@20{exception.type=KeyError}
          redis HGET       20..50 client
    trace 2
    frontend GET /home   1000..1020 server link=1/2 http.route=/home
    trace 3
    frontend GET /cart   2000..2050 server http.route=/cart
      cart GetCart       2010..2040 server
"""


@pytest.fixture(scope="session")
def shop() -> sw.Traces:
    return sw.notation(SHOP)


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the shop's traces as OTLP/JSON."""
    path = tmp_path_factory.mktemp("export") / "shop.json"
    sw.convert(SHOP.encode(), path, to="otlp-json")
    return path
