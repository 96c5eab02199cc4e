package daemon

import (
	"context"
	"io"
	"log"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/net/netutil"
	"golang.org/x/sync/errgroup"

	"pantau/brand"
	"pantau/collectors"
)

// listening remembers since when each source is listened for.
type listening struct {
	mu     sync.Mutex
	begins map[string]time.Time
}

// since returns the zero time when nobody listens.
func (l *listening) since(source string) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.begins[source]
}

func (l *listening) set(source string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.begins == nil {
		l.begins = map[string]time.Time{}
	}
	l.begins[source] = at
}

// reception listens on one address for the sources that mentions are sent to.
type reception struct {
	address  string
	pipeline *Pipeline
	sources  []string
	mux      *http.ServeMux
	log      *slog.Logger
	bound    net.Listener // nil while the address is taken
}

const (
	receiveMost  = 64               // connections of one address
	receiveRetry = 30 * time.Second // after the address was taken
	receiveEnd   = 10 * time.Second // for requests under way when the daemon stops
)

// receptions returns one for each address that the sources name.
func receptions(p *Program, log *slog.Logger) (list []*reception) {
	all := map[string]*reception{}
	for _, src := range p.Sources {
		receiver, ok := src.Collector.(collectors.Receiver)
		if !ok {
			continue
		}
		address, path := receiver.Endpoint()
		r := all[address]
		if r == nil {
			r = &reception{address: address, pipeline: p.Pipeline, mux: http.NewServeMux(), log: log}
			all[address] = r
		}
		r.sources = append(r.sources, src.Name)
		r.mux.Handle(path, receiver.Handler(func(ctx context.Context, mentions []brand.Mention) (collectors.Receipt, error) {
			receipt, err := p.Pipeline.Accept(ctx, src, mentions)
			if err != nil && !stopped(err) {
				log.Error("not accepted", "source", src.Name, "err", err)
			}
			return receipt, err
		}))
	}
	for _, address := range slices.Sorted(maps.Keys(all)) {
		list = append(list, all[address])
	}
	return list
}

// listen binds the address and tells since when it is.
func (r *reception) listen() {
	l, err := net.Listen("tcp", r.address)
	if err != nil {
		r.log.Error("cannot listen for mentions, trying again", "err", err, "wait", receiveRetry.String())
		return
	}
	r.bound = netutil.LimitListener(l, receiveMost)
	for _, name := range r.sources {
		r.pipeline.listening.set(name, r.pipeline.Now())
	}
	r.log.Info("listening for mentions", "address", l.Addr().String(), "sources", len(r.sources))
}

// run serves until ctx ends. Requests under way are finished.
func (r *reception) run(ctx context.Context) error {
	for r.bound == nil {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(receiveRetry):
			r.listen()
		}
	}
	server := &http.Server{Handler: r.mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 20 * time.Second, WriteTimeout: time.Minute, IdleTimeout: time.Minute,
		MaxHeaderBytes: 16 << 10, ErrorLog: log.New(io.Discard, "", 0)}
	g := new(errgroup.Group)
	g.Go(func() error {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), receiveEnd)
		defer cancel()
		return server.Shutdown(last)
	})
	if err := server.Serve(r.bound); err != http.ErrServerClosed {
		r.log.Error("no longer listening for mentions", "address", r.address, "err", err)
		for _, name := range r.sources {
			r.pipeline.listening.set(name, time.Time{})
		}
	}
	if err := g.Wait(); err != nil {
		r.log.Error("requests were cut off", "err", err)
	}
	return nil
}
