"""Ids of tasks."""

from __future__ import annotations

import os
import time


def uuid7() -> str:
    """A new UUIDv7 (RFC 9562): 48 bits of milliseconds, 12 bits of the time within the millisecond (6.2, method
    3), and 62 random bits. Ids made one after the other sort so: a batch's tasks are handed out in its order."""
    millis, nanos = divmod(time.time_ns(), 1_000_000)
    value = (millis & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | (nanos << 12) // 1_000_000 << 64
    value |= 0b10 << 62 | int.from_bytes(os.urandom(8), "big") >> 2
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
