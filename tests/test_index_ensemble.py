"""Two encoders as one: cosines are weighted means, and each member's vectors are kept apart."""

import numpy as np
import pytest

from index.encoder import Asked
from index.ensemble import Ensemble
from index.use_encoder import UseEncoder
from index.vectors import VectorCache
from tests.fakes import FakeEncoder


@pytest.fixture(scope="module")
def use() -> UseEncoder:
    return UseEncoder()


def test_the_cosine_is_the_weighted_mean_of_the_members(use: UseEncoder) -> None:
    both = Ensemble([(FakeEncoder(), 1.0), (use, 3.0)])
    texts = ["the health card", "a health card for everyone"]
    a, b = both.encode_passages(texts)
    members = [encoder.encode_passages(texts) for encoder in both.members]
    wanted = 0.25 * float(members[0][0] @ members[0][1]) + 0.75 * float(
        members[1][0] @ members[1][1]
    )
    assert float(a @ b) == pytest.approx(wanted, abs=1e-5)
    assert np.linalg.norm(a) == pytest.approx(1, abs=1e-5)
    assert both.encode_questions([]).shape == (0, both.dimension) == (0, 64 + 512)


def test_another_weight_encodes_nothing_again(tmp_path) -> None:
    members = FakeEncoder("a"), FakeEncoder("b")
    first = Ensemble([(members[0], 1.0), (members[1], 1.0)])
    other = Ensemble([(members[0], 1.0), (members[1], 2.0)])
    assert first.digest != other.digest
    cache = VectorCache(tmp_path, first)
    made = cache.vectors(["x", "y"])
    assert cache.encoded == 2
    again = VectorCache(tmp_path, other)
    assert again.vectors(["x", "y"]).shape == made.shape
    assert again.encoded == 0
    assert again.keep_only(["x"]) == 2
    assert VectorCache(tmp_path, first).keep_only([]) == 2


def test_the_second_encoder_bridges_languages_and_survives_anything(use: UseEncoder) -> None:
    passages = use.encode_passages(
        ["La carte est gratuite.", "Le loyer est dû le premier du mois."]
    )
    question = use.encode_questions(["How much does the card cost?"])[0]
    assert int(np.argmax(passages @ question)) == 0
    odd = use.encode_passages(["", "\ud800", "🙂" * 50, "word " * 3000])
    assert np.isfinite(odd).all()
    assert use.tokens("carte Vitale") > 1


def test_what_is_off_domain_is_said_by_the_first_member() -> None:
    class Knowing(FakeEncoder):
        def encode_asked(self, text: str) -> Asked:
            return super().encode_asked(text)._replace(off_domain=0.7)

    both = Ensemble([(Knowing(), 1.0), (FakeEncoder(), 1.0)])
    assert both.encode_asked("tell me a joke").off_domain == 0.7
