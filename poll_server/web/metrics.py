"""What the server counts of itself as Prometheus reads it: of roles and events as a whole, of nobody in particular.

docs/operations.md lists the metrics, and a test compares.
"""

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from poll_server.domain.access import Role
from poll_server.domain.ballots import Outcome
from poll_server.live.hub import Hub
from poll_server.live.meters import Spread
from poll_server.live.protocol import FanoutProtocol
from poll_server.live.rooms import Rooms
from poll_server.live.storing import fails

ROLES = (Role.AUDIENCE, Role.SCREEN, Role.PODIUM, Role.MODERATOR)
REASONS = ("slow", "flooding")


class Metrics:
    """All metrics of one server."""

    def __init__(self, rooms: Rooms) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Collector(rooms))
        ProcessCollector(registry=self._registry)

    def written(self, accept: str) -> tuple[bytes, str]:
        """Return the present values and their media type, in the format that an ``Accept`` header asks for."""
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type


class _Collector(Collector):
    """Reads what the parts of the server have counted, when it is asked."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def collect(self) -> Iterator[Metric]:
        yield from self._people()
        yield from _traffic()
        yield from self._ticks()
        yield from self._votes()

    def _hubs(self) -> Iterator[Hub]:
        for room in self._rooms:
            yield room.hub
            if room.floor:
                yield room.floor.hub

    def _people(self) -> Iterator[Metric]:
        sizes: Counter[Role] = Counter()
        for hub in self._hubs():
            sizes.update(hub.sizes())
        connections = GaugeMetricFamily("poll_connections", "Sockets that are open, by role.", labels=["role"])
        for role in ROLES:
            connections.add_metric([role.value], sizes[role])
        yield connections
        present = sum(room.present() for room in self._rooms)
        yield GaugeMetricFamily("poll_participants", "Participants who are there, with a socket or without.", present)
        yield GaugeMetricFamily("poll_events", "Events kept in memory.", len(list(self._rooms)))

    def _ticks(self) -> Iterator[Metric]:
        rooms = list(self._rooms)
        yield CounterMetricFamily(
            "poll_ticks", "Ticks with new numbers for phones and screens.", sum(room.ticks for room in rooms)
        )
        yield CounterMetricFamily(
            "poll_ticks_skipped",
            "Ticks left out because sending the one before took long.",
            sum(room.ticks_skipped for room in rooms),
        )
        yield CounterMetricFamily(
            "poll_sends_superseded",
            "Frames that did not go to all of an audience, because there was something newer to send.",
            sum(hub.cut_short for hub in self._hubs()),
        )

    def _votes(self) -> Iterator[Metric]:
        boxes, meter = self._rooms.box, self._rooms.box.meter
        outcomes = CounterMetricFamily("poll_ballots", "Ballots answered, by what became of them.", labels=["outcome"])
        for outcome in Outcome:
            outcomes.add_metric([outcome.value], meter.outcomes[outcome])
        yield outcomes
        yield _histogram("poll_batch_ballots", "Ballots in a transaction.", meter.batches)
        yield _histogram("poll_commit_seconds", "Time of a transaction with ballots.", meter.commits)
        yield _histogram(
            "poll_acknowledgement_seconds",
            "Time from a vote's arrival at the ballot box until it is stored and answered.",
            meter.acknowledgements,
        )
        yield CounterMetricFamily(
            "poll_commits_failed", "Transactions with ballots that the database did not take.", meter.failures
        )
        yield GaugeMetricFamily("poll_votes_waiting", "Votes that are not answered yet.", boxes.waiting)
        yield GaugeMetricFamily(
            "poll_votes_waiting_seconds", "How long the vote that came first of these has waited.", boxes.waited
        )
        yield GaugeMetricFamily(
            "poll_storing",
            "1 while votes and all else are stored, 0 while the database takes nothing.",
            int(not fails(boxes, self._rooms.database)),
        )


def _traffic() -> Iterator[Metric]:
    traffic = FanoutProtocol.traffic
    yield CounterMetricFamily("poll_frames_sent", "Frames written to sockets.", traffic.frames)
    yield CounterMetricFamily("poll_sent_bytes", "Bytes of these frames.", traffic.bytes)
    yield CounterMetricFamily(
        "poll_frames_replaced",
        "Frames that slow clients did not get, because newer ones took their place.",
        traffic.replaced,
    )
    yield CounterMetricFamily("poll_messages_received", "Messages that came over sockets.", traffic.received)
    dropped = CounterMetricFamily("poll_clients_dropped", "Connections given up, by reason.", labels=["reason"])
    for reason in REASONS:
        dropped.add_metric([reason], traffic.dropped[reason])
    yield dropped


def _histogram(name: str, documentation: str, spread: Spread) -> Metric:
    bounds = [str(float(bound)) for bound in spread.bounds]
    buckets = [*zip(bounds, spread.up_to, strict=True), ("+Inf", spread.count)]
    return HistogramMetricFamily(name, documentation, buckets, spread.sum)
