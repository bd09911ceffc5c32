"""SVG → PNG. It costs a fifth of a second and holds the interpreter, so another process does it.

That process lives for one picture: a station that shows no picture pays no memory for it.
"""

import asyncio
import sys

PATIENCE = 60.0
# The Simplified Chinese face of the collection; a name that is not in it draws nothing.
FONT = "Noto Sans CJK SC"


class NotPainted(Exception):
    """The picture could not be made; what it says must be said in words."""


async def paint(svg: str) -> bytes:
    """The picture as PNG.

    Raises:
        NotPainted: the painter failed, or took too long.
    """
    try:
        painter = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.pictures.paint",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise NotPainted(str(error)) from error
    try:
        async with asyncio.timeout(PATIENCE):
            png, complaint = await painter.communicate(svg.encode())
    except TimeoutError:
        raise NotPainted(f"not done after {PATIENCE:.0f} s") from None
    finally:
        if painter.returncode is None:
            painter.kill()
            await painter.wait()
    if painter.returncode != 0:
        raise NotPainted(complaint.decode(errors="replace").strip()[-500:])
    return png


def painted(svg: str) -> bytes:
    """The picture as PNG, in this process."""
    from noto_cjk_sans_otc import FONT_PATH  # noqa: PLC0415 - only the painter pays for it
    from resvg_py import svg_to_bytes  # noqa: PLC0415 - likewise

    return bytes(svg_to_bytes(svg_string=svg, font_files=[str(FONT_PATH)], skip_system_fonts=True))


if __name__ == "__main__":
    sys.stdout.buffer.write(painted(sys.stdin.buffer.read().decode()))
