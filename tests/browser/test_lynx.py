"""The plain page in lynx, without scripts and styles, from question to contact numbers."""

import shutil
import subprocess
from urllib.parse import urlencode

import pytest

lynx = pytest.mark.skipif(not shutil.which("lynx"), reason="lynx is not here: apt install lynx")


def dump(*words, form=None):
    done = subprocess.run(
        ["lynx", "-dump", "-nolist", "-display_charset=utf-8", *words],
        input=form,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@lynx
def test_the_question_box_comes_before_everything_but_the_way_out(sites):
    text = dump(f"{sites.plain}/")
    assert text.index("Leave this page quickly") < text.index("Your question")
    assert text.index("Your question") < text.index("For example")
    assert "____" in text


@lynx
def test_a_question_leads_to_quotations_and_a_danger_to_numbers(sites):
    form = urlencode({"question": "my husband beats me, how do I get a protection order?"})
    text = dump("-post_data", f"{sites.plain}/", form=f"{form}\n---\n")
    assert text.index("17") < text.index("What the pages say")
    assert text.index("114") < text.index("What the pages say")
    assert "This is not legal advice" in text
    assert "No organisation has checked this text." in text
