package health

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler serves the pages. They are for this machine: a request under another
// name than that of a loopback address is refused, so that no web site can read
// them through a browser that runs here.
func (h *Health) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", h.healthz)
	mux.HandleFunc("GET /readyz", h.readyz)
	mux.Handle("GET /metrics", promhttp.HandlerFor(h.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		if !loopback(r.Host) {
			http.Error(w, "this page is for this machine: ask for it as localhost", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// loopback reports whether a Host header names this machine.
func loopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// healthz says whether everything goes on: what the watchdog is fed by.
func (h *Health) healthz(w http.ResponseWriter, _ *http.Request) {
	if stuck := h.Stuck(); len(stuck) > 0 {
		answer(w, http.StatusServiceUnavailable, "stuck: "+strings.Join(stuck, ", ")+"\n")
		return
	}
	answer(w, http.StatusOK, "ok\n")
}

// readyz says whether the daemon does its work, and what works only in part.
func (h *Health) readyz(w http.ResponseWriter, _ *http.Request) {
	var b strings.Builder
	code := http.StatusOK
	if h.Ready() {
		b.WriteString("ready\n")
	} else {
		code = http.StatusServiceUnavailable
		b.WriteString("not ready\n")
	}
	for _, name := range h.Stuck() {
		fmt.Fprintf(&b, "stuck %s\n", name)
	}
	for _, c := range h.Conditions() {
		fmt.Fprintf(&b, "degraded %s since %s: %s\n", c.Mode, c.Since.UTC().Format(time.RFC3339), c.Detail)
	}
	answer(w, code, b.String())
}

func answer(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, text)
}

// Serve shows the pages at a loopback address until ctx ends.
func (h *Health) Serve(ctx context.Context, address string) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: h.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
