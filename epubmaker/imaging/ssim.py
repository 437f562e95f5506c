"""The structural similarity (SSIM) of two pictures."""

from __future__ import annotations

from PIL import Image, ImageMath

__all__ = ["ssim"]

_WINDOW = 8
# The constants of the paper for 8-bit samples: (0.01 * 255)^2 and (0.03 * 255)^2.
_C1, _C2 = 6.5025, 58.5225


def ssim(one: Image.Image, other: Image.Image) -> float:
    """Return the structural similarity (SSIM; Wang et al., 2004) of the lightness of two pictures of one size.

    1.0 for the same pixels. It is taken over windows of 8 x 8 pixels side by side and not at every pixel: the
    difference is in the third decimal, and the time a hundredth.
    """
    x, y = one.convert("L").convert("F"), other.convert("L").convert("F")
    mean_x, mean_y = x.reduce(_WINDOW), y.reduce(_WINDOW)

    def mean_product(left: Image.Image, right: Image.Image) -> Image.Image:
        product: Image.Image = ImageMath.lambda_eval(
            lambda images: images["left"] * images["right"], left=left, right=right
        )
        return product.reduce(_WINDOW)

    values = ImageMath.lambda_eval(
        lambda images: (
            (2 * images["x"] * images["y"] + _C1)
            * (2 * (images["xy"] - images["x"] * images["y"]) + _C2)
            / (images["x"] * images["x"] + images["y"] * images["y"] + _C1)
            / (images["xx"] - images["x"] * images["x"] + images["yy"] - images["y"] * images["y"] + _C2)
        ),
        x=mean_x,
        y=mean_y,
        xx=mean_product(x, x),
        yy=mean_product(y, y),
        xy=mean_product(x, y),
    )
    # Not ImageStat, which uses a histogram of float samples.
    return float(values.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)))
