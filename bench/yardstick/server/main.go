// The command server is the yardstick of the benchmarks: a bare grpc-go server that speaks the retrieve messages and
// answers each key with a row of 20 constant columns. No store, no cache, no auth, no metrics.
package main

import (
	"context"

	"google.golang.org/grpc"

	"ofs/bench/retrieve"
	"ofs/bench/serving"
)

const (
	columnCount = 20
	columnBytes = 4
)

// The columns of every row, as slices of one constant.
var columns = func() [][]byte {
	values := make([]byte, columnCount*columnBytes)
	slices := make([][]byte, columnCount)
	for i := range slices {
		slices[i] = values[i*columnBytes : (i+1)*columnBytes]
	}
	return slices
}()

func answer(query *retrieve.Query) *retrieve.Result {
	rows := make([]*retrieve.Row, len(query.Keys))
	for i, key := range query.Keys {
		rows[i] = &retrieve.Row{Keys: key.Cols, Columns: columns}
	}
	return &retrieve.Result{EntityLabel: query.EntityLabel, KeysSchema: query.KeysSchema, Rows: rows}
}

func retrieveFeatures(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	query := new(retrieve.Query)
	if err := decode(query); err != nil {
		return nil, err
	}
	return answer(query), nil
}

func main() {
	serving.Run("retrieve.FeatureService", []grpc.MethodDesc{{MethodName: "RetrieveFeatures", Handler: retrieveFeatures}})
}
