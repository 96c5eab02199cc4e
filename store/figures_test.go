package store

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pantau/brand"
	"pantau/internal/cputime"
)

// The figures of the store at any size:
//
//	PANTAU_ROWS=1000000 go test ./store -run TestFigures -v -timeout 2h
//
// prints what storing, asking and judging again cost, each beside the limit that
// is measured in the same run. PANTAU_FIGURES=FILE.db keeps the database there,
// and uses it again when it is there.

// generator makes the same mentions every time: 200 brands of Zipf sizes with
// five sources each, a year long, ids of 22 random characters, texts of 130
// bytes on average from a vocabulary of 3,000 words, three in ten a complaint
// with a cause or two, one complaint in ten a copy, and two hits a text. A source
// has at least a batch a year: smaller ones never fill one.
type generator struct {
	random *rand.Rand
	zipf   *rand.Zipf
	words  []string
	common *rand.Zipf
	clock  map[[2]int]time.Time // of a brand and source
	size   int
	total  int
}

const (
	figureBrands  = 200
	figureSources = 5
	figureBatch   = 5000
)

// newGenerator returns a generator of so many rows.
func newGenerator(size int) *generator {
	random := rand.New(rand.NewPCG(11, 21))
	g := &generator{random: random, zipf: rand.NewZipf(random, 1.3, 3, figureBrands-1), common: rand.NewZipf(random, 1.1, 8, 2999), clock: map[[2]int]time.Time{}, size: size}
	for range 3000 {
		w := make([]byte, 3+random.IntN(8))
		for i := range w {
			w[i] = "kstnmplrdgbaiueoaiueo"[random.IntN(21)]
		}
		g.words = append(g.words, string(w))
	}
	return g
}

// batch returns the next rows of one source, in the order of time.
func (g *generator) batch(n int) (name, source string, items []Item) {
	key := [2]int{int(g.zipf.Uint64()), g.random.IntN(figureSources)}
	if g.clock[key].IsZero() {
		g.clock[key] = time.Date(2025, 11, 21, 0, 0, 0, 0, time.UTC)
	}
	// The share of a brand in a Zipf distribution, so that all end after a year.
	share := math.Pow(float64(key[0])+3, -1.3) / 1.86 / figureSources
	step := time.Duration(float64(365*24*time.Hour) / max(share*float64(g.size), figureBatch))
	items = make([]Item, 0, n)
	for range n {
		g.clock[key] = g.clock[key].Add(time.Duration(g.random.ExpFloat64() * float64(step)))
		items = append(items, g.item(g.clock[key]))
	}
	return fmt.Sprintf("brand %03d", key[0]), fmt.Sprintf("source %d", key[1]), items
}

func (g *generator) item(at time.Time) Item {
	g.total++
	i := Item{Fingerprint: g.random.Uint64()}
	i.ExternalID, i.Text, i.PublishedAt, i.CollectedAt = g.id(), g.text(), at, at.Add(time.Hour)
	i.Stars, i.Version = 1+g.random.IntN(5), fmt.Sprintf("%d.%d", 1+at.YearDay()/120, at.YearDay()%120/20)
	i.Score = brand.Score{Polarity: brand.Polarity(g.total % 4), Compound: g.random.Float64()*2 - 1, PNegative: g.random.Float64(), Language: brand.Indonesian,
		Hits: []brand.Hit{{Start: 3, End: 9, Entry: g.words[g.common.Uint64()], Weight: -1.25 * g.random.Float64()}, {Start: 20, End: 26, Entry: g.words[g.common.Uint64()], Weight: 0.75 * g.random.Float64(), Rule: "negated"}}}
	if g.total%10 < 3 {
		i.Score.Polarity = brand.Negative
		i.Score.Causes = []brand.CauseHit{{Cause: brand.Cause(1 + g.random.IntN(16)), Start: 3, End: 9}}
	} else if i.Score.Polarity == brand.Negative {
		i.Score.Polarity = brand.Neutral
	}
	if g.total%100 == 1 {
		i.Fingerprint = 42
	}
	return i
}

func (g *generator) id() string {
	id := make([]byte, 22)
	for i := range id {
		id[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[g.random.IntN(64)]
	}
	return string(id)
}

func (g *generator) text() string {
	var b strings.Builder
	for size := 60 + g.random.IntN(130); b.Len() < size; {
		b.WriteString(g.words[g.common.Uint64()])
		b.WriteByte(' ')
	}
	return b.String()
}

// usage is what this process has used so far.
type usage struct {
	cpu     time.Duration
	written int64 // bytes passed to write
}

func used(t testing.TB) (u usage) {
	t.Helper()
	u.cpu = cputime.Process()
	io, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Skip("no /proc: the figures need Linux")
	}
	for line := range strings.Lines(string(io)) {
		if n, ok := strings.CutPrefix(line, "wchar: "); ok {
			u.written, _ = strconv.ParseInt(strings.TrimSpace(n), 10, 64)
		}
	}
	return u
}

// ingested is the cost of a span of rows.
type ingested struct {
	rows int
	usage
}

func (i ingested) perSecond() float64 { return float64(i.rows) / i.cpu.Seconds() }

// store adds n rows in batches. Without the search index nothing is left to it.
func (g *generator) store(t testing.TB, db *DB, n int, search bool) (sum ingested) {
	t.Helper()
	for range n / figureBatch {
		name, source, items := g.batch(figureBatch)
		before := used(t)
		err := db.Write(context.Background(), func(tx *Tx) error {
			o, err := tx.Origin(name, false, source, "sample", "figures")
			if err != nil {
				return err
			}
			if !search {
				if err := tx.exec(`UPDATE settings SET value = (SELECT coalesce(max(id), 0) FROM mentions) WHERE key = 'search_through'`); err != nil {
					return err
				}
			}
			_, err = tx.Add(o, items)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		after := used(t)
		sum.cpu += after.cpu - before.cpu
		sum.written += after.written - before.written
		sum.rows += len(items)
	}
	return sum
}

func TestFigures(t *testing.T) {
	size, err := strconv.Atoi(os.Getenv("PANTAU_ROWS"))
	if err != nil {
		t.Skip("set PANTAU_ROWS=1000000 to measure")
	}
	path := os.Getenv("PANTAU_FIGURES")
	if path == "" {
		path = filepath.Join(t.TempDir(), "figures.db")
	}
	_, err = os.Stat(path)
	begin := time.Now()
	db, openErr := Open(context.Background(), path, wib)
	if openErr != nil {
		t.Fatal(openErr)
	}
	defer db.Close()
	t.Logf("opened, with the backup and the migration if there was one, in %.1f s", time.Since(begin).Seconds())
	if errors.Is(err, os.ErrNotExist) {
		t.Run("ingest", func(t *testing.T) { figuresOfIngest(t, db, size) })
	}
	t.Run("size", func(t *testing.T) { figuresOfSize(t, db) })
	t.Run("index", func(t *testing.T) { figuresOfIndex(t, db) })
	t.Run("queries", func(t *testing.T) { figuresOfQueries(t, db) })
	t.Run("search", func(t *testing.T) { figuresOfSearch(t, db) })
	t.Run("reader", func(t *testing.T) { figuresOfReader(t, db) })
	t.Run("rescore", func(t *testing.T) { figuresOfRescore(t, db) })
}

// imported returns the rows a CPU second of sqlite3 .import into a bare table.
func imported(t *testing.T, n int) float64 {
	t.Helper()
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "rows.csv"))
	if err != nil {
		t.Fatal(err)
	}
	w, g := csv.NewWriter(f), newGenerator(n)
	for done := 0; done < n; done += figureBatch {
		name, source, items := g.batch(figureBatch)
		for k, i := range items {
			_ = w.Write([]string{strconv.Itoa(done + k), name, source, i.ExternalID, strconv.FormatInt(i.PublishedAt.Unix(), 10), i.Text, strconv.Itoa(i.Stars), i.Version,
				i.Score.Polarity.String(), strconv.FormatFloat(i.Score.Compound, 'f', 4, 64), strings.Repeat("h", 18)})
		}
	}
	w.Flush()
	if err := errors.Join(w.Error(), f.Close()); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sqlite3", filepath.Join(dir, "bare.db"), "PRAGMA journal_mode = WAL",
		"CREATE TABLE bare (id INTEGER PRIMARY KEY, brand, source, ext, published INTEGER, text, stars INTEGER, version, polarity, compound REAL, hits)",
		".mode csv", ".import "+f.Name()+" bare")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("sqlite3: %v: %s", err, out)
	}
	return float64(n) / (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
}

// figuresOfIngest fills the database. Of every span one part is measured without
// the search index and one with it.
func figuresOfIngest(t *testing.T, db *DB, size int) {
	g := newGenerator(size)
	var first, last, all ingested
	var ratios []float64 // to the import that was measured beside each part
	const probe = 50_000
	for done := 0; done < size; {
		span := min(max(probe, done), size-done) / figureBatch * figureBatch
		rest := g.store(t, db, span-min(probe, span), true)
		last = g.store(t, db, min(probe, span), false)
		if done == 0 {
			first = last
		}
		all.add(rest)
		all.add(last)
		done += span
		bare := imported(t, 100_000)
		ratios = append(ratios, last.perSecond()/bare)
		t.Logf("%9d rows: %6.0f rows/CPU-s, %.2f x sqlite3 .import into a bare table (%.0f), %.2f KB written/row without the search index; so far with most of it %6.0f and %.2f",
			done, last.perSecond(), last.perSecond()/bare, bare, float64(last.written)/float64(last.rows)/1024, all.perSecond(), float64(all.written)/float64(all.rows)/1024)
	}
	t.Logf("%.2f x .import at the start, %.2f x at the end (want 0.3); slow-down %.2f x, beside .import %.2f x (want <= 1.3)",
		ratios[0], ratios[len(ratios)-1], first.perSecond()/last.perSecond(), ratios[0]/ratios[len(ratios)-1])
}

func (i *ingested) add(other ingested) {
	i.rows += other.rows
	i.cpu += other.cpu
	i.written += other.written
}

// figuresOfSize says what a mention takes in the file, without empty pages. The limit
// is that of a plain design, which keeps no evidence (hits and causes) and no facets.
func figuresOfSize(t *testing.T, db *DB) {
	var n, evidence float64
	for into, query := range map[*float64]string{&n: `SELECT count(*) FROM mentions`,
		&evidence: `SELECT (SELECT coalesce(sum(length(CAST(hits AS BLOB))), 0) + coalesce(sum(length(CAST(causes AS BLOB))), 0) FROM mentions)
			+ (SELECT coalesce(sum(length(CAST(causes AS BLOB))), 0) FROM hours) + (SELECT coalesce(sum(length(CAST(causes AS BLOB))), 0) FROM days)`} {
		if err := db.read.QueryRow(query).Scan(into); err != nil {
			t.Fatal(err)
		}
	}
	tables, err := exec.Command("sqlite3", "-readonly", db.path, `SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC`).Output()
	if err != nil {
		t.Skipf("no sqlite3 that knows the tables apart: %v", err)
	}
	var all, search float64
	list := ""
	for line := range strings.Lines(string(tables)) {
		name, bytes, _ := strings.Cut(strings.TrimSpace(line), "|")
		each, _ := strconv.ParseFloat(bytes, 64)
		each /= n
		all += each
		if strings.Contains(name, "search_") {
			search += each
		}
		if name == "facet_days" {
			evidence += each * n
		}
		if each >= 0.5 {
			list += fmt.Sprintf(" %s %.1f", name, each)
		}
	}
	t.Logf("%.1f bytes a mention without the search index (want <= 260); the search index has %.0f", all-search, search)
	t.Logf("by table and index:%s; hits, causes and facets take %.0f together", list, evidence/n)
}

// figuresOfIndex fills the search index with what it lacks, as after a change of it.
func figuresOfIndex(t *testing.T, db *DB) {
	before, begin, n := used(t), time.Now(), int64(0)
	for left := int64(1); left > 0; {
		if err := db.Write(context.Background(), func(tx *Tx) error {
			through, err := tx.searchThrough()
			if err != nil {
				return err
			}
			if err := tx.catchUp(); err != nil {
				return err
			}
			now, err := tx.searchThrough()
			n += now - through
			left = now - through
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	after := used(t)
	t.Logf("search index: %d mentions, %.1f s, %.0f/CPU-s, at most %d in a transaction", n, time.Since(begin).Seconds(), float64(n)/(after.cpu-before.cpu).Seconds(), indexMost)
}

// percentiles sorts the times of one query.
func percentiles(took []time.Duration) (p50, p99 time.Duration) {
	slices.Sort(took)
	return took[len(took)/2], took[len(took)*99/100]
}

// writing has the writer at work until the function that it returns is called.
func writing(t *testing.T, db *DB) (stop func()) {
	end, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		writer := newGenerator(10_000_000)
		writer.random = rand.New(rand.NewPCG(99, uint64(time.Now().UnixNano())))
		for {
			select {
			case <-end:
				return
			case <-time.After(50 * time.Millisecond):
				writer.store(t, db, figureBatch, true)
			}
		}
	}()
	return func() { close(end); <-done }
}

// figuresOfQueries asks every documented question about the biggest brand, with
// the writer at work.
func figuresOfQueries(t *testing.T, db *DB) {
	defer writing(t, db)()
	data, err := os.ReadFile(queriesDoc)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range documented.FindAllStringSubmatch(string(data), -1) {
		query := strings.NewReplacer("Sandang Senja", "brand 000", "Butik Laras", "brand 001").Replace(m[1])
		if strings.Contains(query, "v_hits") {
			timed(t, db, 3, query)
			continue
		}
		timed(t, db, 100, query)
	}
	roll := timed(t, db, 50, `SELECT day, sum(mentions), sum(negatives) FROM v_daily WHERE brand = 'brand 000' AND day >= '2026-01-01' AND day < '2026-04-01' GROUP BY day`)
	raw := timed(t, db, 3, `SELECT date(published_at, '+7 hours', 'unixepoch') AS day, count(*), sum(polarity = 1) FROM mentions
		WHERE brand_id = (SELECT id FROM brands WHERE name = 'brand 000') AND published_at >= unixepoch('2026-01-01') AND published_at < unixepoch('2026-04-01') GROUP BY day`)
	t.Logf("daily trend of 90 days from the roll-up %.0f x as fast as from raw rows (want 1000)", raw.Seconds()/roll.Seconds())
}

// figuresOfSearch looks for frequent and rare words, with the writer at work.
func figuresOfSearch(t *testing.T, db *DB) {
	defer writing(t, db)()
	g := newGenerator(0)
	for _, words := range []string{g.words[0], g.words[40], g.words[2000], g.words[0] + " " + g.words[1], g.words[3] + " " + g.words[50], g.words[3] + " " + g.words[700],
		g.words[300] + " " + g.words[700], g.words[1500] + " " + g.words[2000], `"` + g.words[0] + " " + g.words[1] + `"`} {
		found := 0
		_, line := stopwatch(t, 100, func() {
			list, err := db.Search(context.Background(), words, SearchOptions{})
			if err != nil {
				t.Fatal(err)
			}
			found = len(list)
		})
		t.Logf("%s  search %s: %d", line, words, found)
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// timed asks a question n times and returns the median time on the processor.
func timed(t *testing.T, db *DB, n int, query string) time.Duration {
	t.Helper()
	found := 0
	busy, line := stopwatch(t, n, func() { _, found = run(t, db, query) })
	t.Logf("%s  %4d rows  %.70s", line, found, strings.Join(strings.Fields(query), " "))
	return busy
}

// stopwatch does something n times and returns the median time on the processor,
// which says what it costs on a machine that has nothing else to do.
func stopwatch(t *testing.T, n int, do func()) (p50busy time.Duration, line string) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var took, busy []time.Duration
	for range n {
		begin, cpu := time.Now(), cputime.Thread()
		do()
		took, busy = append(took, time.Since(begin)), append(busy, cputime.Thread()-cpu)
	}
	p50, p99 := percentiles(took)
	p50busy, p99busy := percentiles(busy)
	return p50busy, fmt.Sprintf("%8.2f ms p50 %8.2f ms p99, on the processor %7.2f and %7.2f", ms(p50), ms(p99), ms(p50busy), ms(p99busy))
}

// figuresOfReader writes beside a reader that holds its transaction, in turn with
// writing alone, so that what else the machine does falls on both.
func figuresOfReader(t *testing.T, db *DB) {
	g := newGenerator(10_000_000)
	g.random = rand.New(rand.NewPCG(7, uint64(time.Now().UnixNano())))
	write := func(took []time.Duration) []time.Duration {
		for range 50 {
			begin := time.Now()
			g.store(t, db, figureBatch, true)
			took = append(took, time.Since(begin))
		}
		return took
	}
	var alone, beside []time.Duration
	var held WALState
	for range 4 {
		alone = write(alone)
		reader, err := db.read.BeginTx(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if err := reader.QueryRow(`SELECT count(*) FROM brands`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		beside = write(beside)
		if held, err = db.WAL(context.Background()); err != nil {
			t.Fatal(err)
		}
		_ = reader.Rollback()
		g.store(t, db, 2*figureBatch, true)
	}
	after, err := db.WAL(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	usual, slow := percentiles(alone)
	usualHeld, slowHeld := percentiles(beside)
	t.Logf("batch of %d p50 %.0f ms and p99 %.0f ms alone, %.0f and %.0f ms beside a reader that holds a transaction: p99 %.2f x (want <= 2); WAL %d MiB beside it (%v), %d MiB after it",
		figureBatch, ms(usual), ms(slow), ms(usualHeld), ms(slowHeld), slowHeld.Seconds()/slow.Seconds(), held.Bytes>>20, held.Readers, after.Bytes>>20)
}

func figuresOfRescore(t *testing.T, db *DB) {
	before, begin := used(t), time.Now()
	r, err := db.Rescore(context.Background(), byLength{}, func(Rescored) {})
	if err != nil {
		t.Fatal(err)
	}
	after := used(t)
	t.Logf("rescore without the scorer's own time: %d mentions, %d changed, %.1f s, %.0f/CPU-s (10 M in 5 min: 33,333/s)",
		r.Seen, r.Changed, time.Since(begin).Seconds(), float64(r.Seen)/(after.cpu-before.cpu).Seconds())
}
