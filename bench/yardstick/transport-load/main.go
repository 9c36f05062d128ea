// The command transport-load calls a server with grpc-go: a few connections, a few calls at a time on each, every call with a
// deadline. It prints what it took as one JSON object.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

type bytesCodec struct{}

func (bytesCodec) Marshal(message any) ([]byte, error) { return *message.(*[]byte), nil }

func (bytesCodec) Unmarshal(data []byte, message any) error {
	*message.(*int) = len(data)
	return nil
}

func (bytesCodec) Name() string { return "proto" }

type result struct {
	Seconds  float64 `json:"seconds"`
	Failures int64   `json:"failures"`
	Fault    string  `json:"fault"`
}

func main() {
	address := flag.String("address", "", "of the server")
	method := flag.String("method", "", "full name")
	calls := flag.Int64("calls", 1000, "how many")
	size := flag.Int("size", 100, "of the request")
	connections := flag.Int("connections", 4, "how many")
	streams := flag.Int("streams", 5, "calls at a time on each connection")
	flag.Parse()

	var left atomic.Int64
	left.Store(*calls)
	var failures atomic.Int64
	var fault atomic.Value
	fault.Store("")
	request := make([]byte, *size)
	start := time.Now()
	var running sync.WaitGroup
	for range *connections {
		client, err := grpc.NewClient("passthrough:///"+*address, grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithDefaultCallOptions(grpc.ForceCodec(bytesCodec{})))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		defer client.Close()
		for range *streams {
			running.Add(1)
			go func() {
				defer running.Done()
				for left.Add(-1) >= 0 {
					ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
					var responseSize int
					if err := client.Invoke(ctx, *method, &request, &responseSize); err != nil {
						failures.Add(1)
						fault.Store(err.Error())
					}
					cancel()
				}
			}()
		}
	}
	running.Wait()
	done := result{time.Since(start).Seconds(), failures.Load(), fault.Load().(string)}
	if err := json.NewEncoder(os.Stdout).Encode(done); err != nil {
		os.Exit(1)
	}
}
