package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

const (
	headWithin  = 5 * time.Second  // a request's head, so that nobody holds a place by silence
	bodyWithin  = 10 * time.Second // head and body
	replyWithin = 30 * time.Second // an answer; an event stream sets its own for each write
	idleFor     = 60 * time.Second
	leaveWithin = 2 * time.Second // at shutdown, for what is under way
	headBytes   = 16 << 10
)

// Serve shows a page that New made until ctx is done: then event streams end,
// requests under way finish, and Serve returns nil. It closes the listener.
func Serve(ctx context.Context, listener net.Listener, page http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler:           page,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: headWithin, ReadTimeout: bodyWithin, WriteTimeout: replyWithin, IdleTimeout: idleFor,
		MaxHeaderBytes: headBytes,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	left := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(left)
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
		defer cancel()
		if server.Shutdown(grace) != nil {
			server.Close() // whoever is still there has had its time
		}
	})
	err := server.Serve(listener)
	if !stop() {
		<-left
	}
	if !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the page at %s: %w", listener.Addr(), err)
	}
	return nil
}
