import { type DashboardSpec, graph, quantile, quantiles, rate, stat } from "../dashboard-spec.ts";

const REQUESTS = "ofs_http_requests_total";
const SECONDS = "ofs_http_request_seconds";

export const HORIZON: DashboardSpec = {
  uid: "ofs-horizon",
  title: "OFS / Horizon",
  description: "The control plane: requests, errors, time, attempts to sign in.",
  jobs: ".*horizon.*|ofs.*",
  rows: [
    {
      title: "Requests",
      panels: [
        stat(
          "Requests",
          "reqps",
          { requests: `sum(rate(${REQUESTS}{job=~"$job"}[$__rate_interval]))` },
          "Refused ones included.",
        ),
        stat(
          "Server errors",
          "reqps",
          {
            errors: `sum(rate(${REQUESTS}{job=~"$job", status=~"5.."}[$__rate_interval])) or vector(0)`,
          },
          "Answers of 500 and above.",
        ),
        stat(
          "p99",
          "s",
          { p99: quantile(0.99, SECONDS) },
          "From a request's head to the end of its answer.",
        ),
        graph(
          "By status",
          "reqps",
          { "{{status}}": rate(REQUESTS, "status") },
          "4xx: refused. 5xx: ours.",
        ),
        graph(
          "By route",
          "reqps",
          { "{{method}} {{route}}": rate(REQUESTS, "method, route") },
          "Requests by route.",
        ),
        graph("Time", "s", quantiles(SECONDS), "From a request's head to the end of its answer."),
        graph(
          "Slowest routes, p99",
          "s",
          { "{{method}} {{route}}": `topk(5, ${quantile(0.99, SECONDS, "method, route")})` },
          "Approvals wait for tables and the registry.",
        ),
        graph(
          "Attempts to sign in",
          "cps",
          { "{{outcome}}": rate("ofs_logins_total", "outcome") },
          "Many that fail: a lost password, or somebody who guesses.",
        ),
      ],
    },
  ],
};
