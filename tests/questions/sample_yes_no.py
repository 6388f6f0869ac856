"""The sample of yes or no."""

from hypothesis import strategies as st

from poll_server.domain.programme import Definition
from tests.questions.sample import EMPTY, REVEALS, Sample

SAMPLE = Sample(
    st.builds(
        Definition,
        st.just("yes_no"),
        st.just("Wollen wir das?"),
        reveal=REVEALS,
        language=st.sampled_from(["de", "en"]),
    ),
    lambda definition: st.sampled_from([["yes"], ["no"], ["no", "no"]]),
    lambda definition: (
        st.sampled_from([(["yes", "no"], "one_only"), (["Ja"], "unknown_option"), (["yes", "o1"], "unknown_option")])
        | EMPTY
    ),
)
