package httpapi

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics counts requests by route template; no label ever holds an id.
type metrics struct {
	took    *prometheus.HistogramVec
	unknown *operationMetrics
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "sotay_http_request_duration_seconds",
		Help:    "How long requests took, by route template, method and status.",
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
	}, []string{"route", "method", "status"})}
	reg.MustRegister(m.took)
	m.unknown = m.of("none", "any")
	return m
}

// operationMetrics holds the observers of one operation by status, so that
// the hot path looks up no labels.
type operationMetrics struct {
	vec           *prometheus.HistogramVec
	route, method string
	byStatus      [600]atomic.Pointer[prometheus.Observer]
}

func (m *metrics) of(route, method string) *operationMetrics {
	return &operationMetrics{vec: m.took, route: route, method: method}
}

func (o *operationMetrics) observe(status int, took time.Duration) {
	if status < 100 || status >= len(o.byStatus) {
		status = 500
	}
	p := o.byStatus[status].Load()
	if p == nil {
		obs := o.vec.WithLabelValues(o.route, o.method, strconv.Itoa(status))
		p = &obs
		o.byStatus[status].Store(p)
	}
	(*p).Observe(took.Seconds())
}
