package daemon

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sort"
	"sync/atomic"
	"testing"
	"time"

	"pantau/alerts"
	"pantau/brand"
)

// BenchmarkDecideToAccepted is the way of an alert from the decision to a healthy
// Slack that has it: commit, wake, chart, message.
func BenchmarkDecideToAccepted(b *testing.B) {
	accepted := make(chan struct{}, 1)
	c := &chat{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.ServeHTTP(w, r)
		if r.URL.Path == "/chat.postMessage" {
			accepted <- struct{}{}
		}
	}))
	defer server.Close()
	clock := time.Date(2026, 11, 21, 14, 17, 0, 0, wib)
	var steps atomic.Int64 // a quarter of an hour each, so that no storm collapses them
	p := sample(b, func() time.Time { return clock.Add(time.Duration(steps.Load()) * 15 * time.Minute) })
	p.Pipeline.Channels = []string{"C0123456"}
	slack := alerts.NewSlack(alerts.SlackOptions{Token: "xoxb-test", APIURL: server.URL + "/", Style: alerts.Style{Language: "id", Zone: wib}})
	wake := make(chan struct{}, 1)
	p.Pipeline.Decided = func() { wakeAll([]chan struct{}{wake}) }
	collectAll(b, p)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		newSender(Channel{Name: "C0123456", Notifier: slack}, p.Pipeline, slog.New(slog.DiscardHandler)).run(ctx, wake)
	}()
	if _, err := p.Pipeline.Evaluate(ctx); err != nil {
		b.Fatal(err)
	}
	<-accepted
	var took []float64
	for b.Loop() {
		steps.Add(1)
		began := time.Now()
		if _, err := p.Pipeline.Act(ctx, Action{Change: brand.Noted, Incident: 1, Actor: "rina", Note: fmt.Sprint(steps.Load())}); err != nil {
			b.Fatal(err)
		}
		<-accepted
		took = append(took, time.Since(began).Seconds()*1000)
	}
	sort.Float64s(took)
	b.ReportMetric(took[len(took)*99/100], "p99-ms")
	cancel()
	<-done
	_ = p.Pipeline.Store.Close()
}
