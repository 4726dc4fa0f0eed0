package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"sotay/internal/apidoc"
	"sotay/internal/config"
	"sotay/internal/effect"
	"sotay/internal/guide"
	"sotay/internal/httpapi"
	"sotay/internal/logs"
	"sotay/internal/paper"
)

// How often what dead processes left is taken up, and the audit record sealed.
const (
	sweepEvery = 500 * time.Millisecond
	sealEvery  = time.Second
)

// serve runs the server until ctx ends. It stops in this order: no new
// connections, requests finish, workers stop, the log is written, the store
// closes.
func (p *program) serve(ctx context.Context, c config.Config) error {
	buffer := logs.NewBuffer(p.out)
	defer buffer.Close()
	level, _ := c.Level()
	log := logs.New(buffer, level)
	a, err := p.open(ctx, c, log)
	if err != nil {
		return err
	}
	if c.Demo {
		if err := p.seedDemo(ctx, a); err != nil {
			return errors.Join(fmt.Errorf("demo province: %w", err), a.close())
		}
	}
	if err := a.account.CatchUp(ctx); err != nil {
		return errors.Join(err, a.close())
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	server, err := a.edge(ctx, p, c, registry, buffer)
	if err != nil {
		return errors.Join(err, a.close())
	}
	listener, metrics, err := listen(c)
	if err != nil {
		return errors.Join(err, a.close())
	}
	workers := a.startWorkers(ctx, cmp.Or(p.hooks.sweep, sweepEvery))
	go settleHeap() // beside the first requests, which need not wait for it
	a.logStart(listener.Addr())
	if c.Demo {
		p.printDemo(listener.Addr())
	}
	err = a.serveUntil(ctx, server, listener, metrics, registry)
	workers()
	log.Info("stopped")
	return errors.Join(err, a.close())
}

// edge builds the HTTP side.
func (a *app) edge(ctx context.Context, p *program, c config.Config, reg prometheus.Registerer, buffer *logs.Buffer) (*httpapi.Server, error) {
	proxies, _ := c.Proxies() // checked with the configuration
	var access *logs.Access
	if c.AccessLog {
		access = logs.NewAccess(buffer)
	}
	phones, citizens, err := p.verifiers(ctx, c, a.log)
	if err != nil {
		return nil, err
	}
	page, policy, err := guide.Page()
	if err != nil {
		return nil, err
	}
	docs, docsPolicy, err := apidoc.Page(contractYAML)
	if err != nil {
		return nil, err
	}
	return httpapi.New(httpapi.Deps{Phones: phones, Citizens: citizens, Contract: contractYAML, Account: a.account, Directory: a.directory, Library: a.library, Quizzes: a.quizzes, Study: a.study, Notify: a.notify, Imports: a.imports,
		Audit: a.audit, Pages: a.pages, Markdown: markdown{}, Guide: httpapi.Page{HTML: page, Policy: policy}, Docs: httpapi.Page{HTML: docs, Policy: docsPolicy}, Sheets: p.slips(c), Readings: paper.Readings{},
		Certificates: paper.Certificates{Now: p.hooks.now}, PublicURL: c.PublicURL,
		Ready: a.lacks, Now: p.hooks.now, Log: a.log, Access: access, Metrics: reg,
		Limits: httpapi.Limits{Body: c.BodyLimit, Upload: c.UploadLimit, Timeout: c.RequestTimeout, UploadTimeout: c.UploadTimeout,
			Proxies: proxies}, Origins: c.CORSOrigins})
}

// lacks tells what keeps the server from its work.
func (a *app) lacks(ctx context.Context) map[string]string {
	out := map[string]string{}
	if !a.account.Healthy() {
		out["revocations"] = "not read for 30 seconds"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := a.engine.Ping(ctx); err != nil {
		out["store"] = "does not answer"
	}
	return out
}

func listen(c config.Config) (api, metrics net.Listener, err error) {
	if api, err = net.Listen("tcp", c.Addr); err != nil {
		return nil, nil, fmt.Errorf("HANDBOOK_ADDR: %w", err)
	}
	if c.MetricsAddr == "" {
		return api, nil, nil
	}
	if metrics, err = net.Listen("tcp", c.MetricsAddr); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("HANDBOOK_METRICS_ADDR: %w", err), api.Close())
	}
	return api, metrics, nil
}

func (a *app) logStart(addr net.Addr) {
	members, orgs := a.directory.Size()
	documents, materials := a.library.Size()
	a.log.Info("serving", "addr", addr.String(), "store", a.engine.Name(), "version", version, "members", members,
		"orgs", orgs, "documents", documents, "materials", materials)
}

// startWorkers starts the background loops; the returned function stops them
// and waits.
func (a *app) startWorkers(ctx context.Context, sweep time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(func() { a.directory.Run(ctx) })
	wg.Go(func() { a.account.Run(ctx) })
	wg.Go(func() { a.library.Run(ctx) })
	wg.Go(func() { a.quizzes.Run(ctx) })
	wg.Go(func() { a.quizzes.Rank(ctx) })
	wg.Go(func() { a.study.Run(ctx) })
	wg.Go(func() { a.notify.Run(ctx) })
	wg.Go(func() { a.imports.Loop(ctx) })
	sweepers := slices.Concat([]effect.Sweeper{a.desk.Sweeper()}, a.library.Sweepers(), a.quizzes.Sweepers(), a.study.Sweepers(), a.account.Sweepers(), a.directory.Sweepers(), a.imports.Sweepers())
	wg.Go(func() { effect.Loop(ctx, a.log, sweep, sweepers...) })
	wg.Go(func() { a.sealLoop(ctx) })
	return func() { cancel(); wg.Wait() }
}

// sealLoop seals the audit record each second, on one replica at a time.
func (a *app) sealLoop(ctx context.Context) {
	for ctx.Err() == nil {
		release, lost, err := a.leases.Acquire(ctx, "audit-sealer")
		if err != nil {
			if ctx.Err() == nil {
				a.log.Warn("audit sealer waits for its lease", "error", err)
				sleep(ctx, sealEvery)
			}
			continue
		}
		a.sealUntil(ctx, lost)
		release()
	}
}

// sealUntil seals until the lease is lost or ctx ends.
func (a *app) sealUntil(ctx context.Context, lost <-chan struct{}) {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-lost:
			return
		case <-tick.C:
		}
		if _, err := a.audit.SealPending(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("audit record not sealed", "error", err)
		}
	}
}

// sleep waits, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// serveUntil serves until ctx ends or a listener fails, then lets requests
// finish within the limit.
func (a *app) serveUntil(ctx context.Context, server *httpapi.Server, api, metrics net.Listener, reg *prometheus.Registry) error {
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(api) }()
	side := metricsServer(reg, a.log)
	if metrics != nil {
		go func() {
			if err := side.Serve(metrics); !errors.Is(err, http.ErrServerClosed) {
				failed <- err
			}
		}()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	a.log.Info("stopping")
	if serr := server.Shutdown(a.config.ShutdownTimeout); serr != nil {
		a.log.Warn("requests were cut off", "error", serr)
	}
	return errors.Join(err, side.Close())
}

func metricsServer(reg *prometheus.Registry, log *slog.Logger) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	return &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
}
