package health

import (
	"context"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"pantau/store"
)

// Build says which program this is.
type Build struct {
	Version string
	Lexicon string // version of the scorer
}

// Outcomes are how an attempt to deliver can end.
const (
	Delivered = "sent"
	Postponed = "postponed" // tried again later
	Ambiguous = "ambiguous" // no answer: looked up before it is tried again
	Parked    = "parked"    // refused for good: waits for a person
)

// Metrics are the figures of the daemon for Prometheus. Every label has few
// values: those of a closed list, or the names in the configuration. Nothing that
// a review, an author or a page says becomes a label.
type Metrics struct {
	registry *prometheus.Registry

	Scores       *prometheus.CounterVec // by polarity
	Runs         *prometheus.CounterVec // by status
	Rejected     prometheus.Counter
	Collect      prometheus.Histogram // seconds of one run of a source
	Detect       prometheus.Histogram // seconds of judging one brand
	Deliveries   *prometheus.CounterVec
	Delay        prometheus.Histogram // seconds from decided to accepted
	StoreErrors  *prometheus.CounterVec
	ClockJumps   prometheus.Counter
	LastBackup   prometheus.Gauge
	BackupBytes  prometheus.Gauge
	LastBeat     prometheus.Gauge
	LastCanary   prometheus.Gauge
	LastDecision prometheus.Gauge
}

const namespace = "pantau_"

func newMetrics(build Build, h *Health) *Metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: namespace + name, Help: help})
	}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: namespace + name, Help: help}, labels)
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: namespace + name, Help: help})
	}
	histogram := func(name, help string, buckets ...float64) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{Name: namespace + name, Help: help, Buckets: buckets})
	}
	m := &Metrics{
		registry:     prometheus.NewRegistry(),
		Scores:       counters("scores_total", "Mentions that were scored, by polarity.", "polarity"),
		Runs:         counters("runs_total", "Runs of sources, by how they ended.", "status"),
		Rejected:     counter("rejected_total", "Items that could not be kept."),
		Collect:      histogram("collect_duration_seconds", "Time that one run of a source took.", 0.1, 0.5, 1, 5, 15, 60, 300, 1800),
		Detect:       histogram("detect_duration_seconds", "Time that judging one brand took.", 0.001, 0.005, 0.02, 0.1, 0.5, 2, 10),
		Deliveries:   counters("deliveries_total", "Attempts to deliver an alert, by channel and outcome.", "channel", "outcome"),
		Delay:        histogram("delivery_delay_seconds", "Time from the decision to the channel's receipt.", 1, 2, 5, 15, 60, 300, 900, 3600, 21600),
		StoreErrors:  counters("store_errors_total", "Transactions that failed, by fault.", "fault"),
		ClockJumps:   counter("clock_jumps_total", "Times that somebody set the clock by more than half a minute."),
		LastBackup:   gauge("backup_last_success_timestamp_seconds", "When the newest verified backup was made."),
		BackupBytes:  gauge("backup_size_bytes", "Size of the newest verified backup."),
		LastBeat:     gauge("heartbeat_last_success_timestamp_seconds", "When the outgoing heartbeat was taken last."),
		LastCanary:   gauge("canary_last_success_timestamp_seconds", "When the planted test was delivered last."),
		LastDecision: gauge("decision_last_success_timestamp_seconds", "When all brands were judged last."),
	}
	for _, polarity := range []string{"negative", "neutral", "positive", "unknown"} {
		m.Scores.WithLabelValues(polarity)
	}
	for _, status := range statuses() {
		if status != "never" {
			m.Runs.WithLabelValues(status)
		}
	}
	for _, f := range faults() {
		m.StoreErrors.WithLabelValues(string(f))
	}
	sqlite, _ := store.Engine()
	info := prometheus.NewGauge(prometheus.GaugeOpts{Name: namespace + "build_info", Help: "Which program this is; always 1.",
		ConstLabels: prometheus.Labels{"version": build.Version, "lexicon": build.Lexicon, "sqlite": sqlite, "go": runtime.Version()}})
	info.Set(1)
	m.registry.MustRegister(m.Scores, m.Runs, m.Rejected, m.Collect, m.Detect, m.Deliveries, m.Delay, m.StoreErrors, m.ClockJumps,
		m.LastBackup, m.BackupBytes, m.LastBeat, m.LastCanary, m.LastDecision, info, board{h},
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewGoCollector())
	return m
}

func faults() []store.Fault {
	return []store.Fault{store.Corrupt, store.DiskFull, store.DiskFail, store.ReadOnly, store.Busy, store.Unknown}
}

// Attach adds the figures that live in the store and on its disk. The channels
// are those of the configuration, held is the reason with which the quiet hours
// postpone. It returns the function that takes the figures away.
func (m *Metrics) Attach(db *store.DB, channels []string, held string, now func() time.Time) (detach func()) {
	for _, c := range channels {
		for _, outcome := range []string{Delivered, Postponed, Ambiguous, Parked} {
			m.Deliveries.WithLabelValues(c, outcome) // so that the first one is an increase
		}
	}
	c := &stored{db, channels, held, now}
	m.registry.MustRegister(c)
	return func() { m.registry.Unregister(c) }
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(namespace+name, help, labels, nil)
}

// board shows the state of the process.
type board struct{ h *Health }

var (
	ready       = desc("ready", "1 while the daemon does its work.")
	degraded    = desc("degraded", "1 for a mode in which the daemon works only in part: see docs/operations.md.", "mode")
	stuck       = desc("stuck_loops", "Loops and tasks that do not go on; above 0 the watchdog is not fed.")
	lastSuccess = desc("source_last_success_timestamp_seconds", "When the source could be read last.", "source", "brand", "kind")
	lastNew     = desc("source_last_new_timestamp_seconds", "When the source brought something new last.", "source", "brand", "kind")
	status      = desc("source_status", "1 for how the source's last run ended.", "source", "brand", "status")
	fresh       = desc("source_fresh", "1 while the last success is younger than two usual intervals.", "source", "brand", "kind")
)

// Describe implements [prometheus.Collector].
func (board) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{ready, degraded, stuck, lastSuccess, lastNew, status, fresh} {
		ch <- d
	}
}

// Collect implements [prometheus.Collector].
func (b board) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(ready, truth(b.h.Ready()))
	gauge(stuck, float64(len(b.h.Stuck())))
	for _, mode := range Modes() {
		gauge(degraded, truth(b.h.Holds(mode)), string(mode))
	}
	for _, s := range b.h.Known() {
		gauge(lastSuccess, seconds(s.LastSuccess), s.Name, s.Brand, s.Kind)
		gauge(lastNew, seconds(s.LastNew), s.Name, s.Brand, s.Kind)
		gauge(fresh, truth(s.Fresh(b.h.now())), s.Name, s.Brand, s.Kind)
		gauge(status, 1, s.Name, s.Brand, s.Status)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// seconds is unix time, 0 for never.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.Unix())
}

// stored shows what the store and its disk hold.
type stored struct {
	db       *store.DB
	channels []string
	held     string
	now      func() time.Time
}

var (
	depth     = desc("outbox_deliveries", "Alerts that are not with people yet, by channel and state.", "channel", "state")
	age       = desc("outbox_oldest_seconds", "Age of the oldest alert that waits for the channel; 0 when none does or the quiet hours hold them.", "channel")
	walBytes  = desc("wal_size_bytes", "Size of the write-ahead log.")
	fileBytes = desc("database_size_bytes", "Size of the database file.")
	freeBytes = desc("disk_free_bytes", "Space that the daemon may use on the disk of the database.")
)

// Describe implements [prometheus.Collector].
func (*stored) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{depth, age, walBytes, fileBytes, freeBytes} {
		ch <- d
	}
}

// scrapeTime is what a scrape may wait for the store.
const scrapeTime = 3 * time.Second

// Collect implements [prometheus.Collector]. What cannot be read is left out: a
// figure that is missing is an alarm of its own, a wrong one is none.
func (s *stored) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	if list, err := s.db.Outboxes(ctx, s.held, s.now()); err == nil {
		count, oldest := map[[2]string]int{}, map[string]time.Duration{}
		for _, o := range list {
			count[[2]string{o.Channel, o.State}] = o.Count
			if o.Waits() {
				oldest[o.Channel] = max(oldest[o.Channel], s.now().Sub(o.Oldest))
			}
		}
		for _, c := range s.channels {
			for _, state := range []string{"pending", "sending", "ambiguous", "parked"} {
				gauge(depth, float64(count[[2]string{c, state}]), c, state)
			}
			gauge(age, oldest[c].Seconds(), c)
		}
	}
	if w, err := s.db.WAL(ctx); err == nil {
		gauge(walBytes, float64(w.Bytes))
	}
	if size, free, err := Disk(s.db.Path()); err == nil {
		gauge(fileBytes, float64(size))
		gauge(freeBytes, float64(free))
	}
}
