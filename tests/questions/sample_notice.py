"""The sample of the notice, which takes no form."""

from hypothesis import strategies as st

from poll_server.domain.programme import Definition
from tests.questions.sample import Sample

PICTURED = {"picture": "0123456789abcdef0123456789abcdef.png", "alternative": "Eine Karte der Innenstadt"}

SAMPLE = Sample(
    st.builds(
        Definition,
        st.just("notice"),
        st.just("Wir machen Pause."),
        rules=st.sampled_from([{}, {"details": "Kaffee gibt es im Foyer.\n\nUm 11 Uhr geht es weiter."}, PICTURED]),
    ),
    lambda definition: st.nothing(),
    lambda definition: st.sampled_from([([], "not_open"), (["o1"], "not_open"), (["-"], "not_open")]),
)
