package store

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
)

// BenchmarkIngest stores batches of 5,000 with everything that is kept in step:
// the dedup key, all indexes, hours, days, causes and facets, and the search index
// that lags by a batch. TestFigures measures the same at any size.
func BenchmarkIngest(b *testing.B) {
	for _, search := range []bool{false, true} {
		b.Run(fmt.Sprintf("search=%t", search), func(b *testing.B) {
			db, g := open(b), newGenerator(10_000_000)
			var sum ingested
			for b.Loop() {
				sum.add(g.store(b, db, figureBatch, search))
			}
			b.ReportMetric(sum.perSecond(), "rows/CPU-s")
			b.ReportMetric(float64(sum.written)/float64(sum.rows), "B-written/row")
		})
	}
}

// BenchmarkQuestions asks every documented question of 50,000 mentions, about the
// biggest brand.
func BenchmarkQuestions(b *testing.B) {
	data, err := os.ReadFile(queriesDoc)
	if err != nil {
		b.Fatal(err)
	}
	db := open(b)
	newGenerator(50_000).store(b, db, 50_000, true)
	about := strings.NewReplacer("Sandang Senja", "brand 000", "Butik Laras", "brand 001")
	for i, m := range documented.FindAllStringSubmatch(string(data), -1) {
		b.Run(fmt.Sprint(i+1), func(b *testing.B) {
			for b.Loop() {
				if err := db.Query(context.Background(), about.Replace(m[1]), func([]string) error { return nil }, func([]any) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("search", func(b *testing.B) {
		words := newGenerator(0).words
		for n := 0; b.Loop(); n++ {
			if _, err := db.Search(context.Background(), words[n%100], SearchOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
