// Package serving runs the bare grpc-go servers of the benchmarks.
package serving

import (
	"fmt"
	"net"
	"os"

	"google.golang.org/grpc"
)

// Run serves one service on a free port, which it prints, until the process ends.
func Run(service string, methods []grpc.MethodDesc, options ...grpc.ServerOption) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	server := grpc.NewServer(options...)
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: service,
		HandlerType: (*any)(nil),
		Methods:     methods,
	}, struct{}{})
	fmt.Printf("listening on %d\n", listener.Addr().(*net.TCPAddr).Port)
	if err := server.Serve(listener); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
