{{- define "ofs.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "ofs.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ default (include "ofs.fullname" .) .Values.serviceAccount.name }}{{ else }}{{ default "default" .Values.serviceAccount.name }}{{ end }}
{{- end }}

{{/* Labels that select pods: they never change. Takes a dict of root and name. */}}
{{- define "ofs.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "ofs.labels" -}}
{{ include "ofs.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* A service's own values over those that all have, as YAML. Takes a dict of root and name. */}}
{{- define "ofs.service" -}}
{{- $own := index .root.Values.services .name }}
{{- $service := mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy $own) }}
{{- $config := mergeOverwrite (dict "APP_PORT" $service.ports.http) (deepCopy .root.Values.config) (deepCopy $service.config) }}
{{- with $service.ports.rows }}{{- $_ := set $config "ROW_PORT" . }}{{- end }}
{{- if .root.Values.tls.secret }}
{{- $_ := set $config "TLS_CERT_FILE" "/tls/tls.crt" }}
{{- $_ := set $config "TLS_KEY_FILE" "/tls/tls.key" }}
{{- end }}
{{- if ne (toString (get $config "APP_PORT")) (toString $service.ports.http) }}
{{- fail (printf "services.%s: APP_PORT is %v, but ports.http is %v; set the latter alone" .name (get $config "APP_PORT") $service.ports.http) }}
{{- end }}
{{- $graceMs := int64 (default 20000 (get $config "SHUTDOWN_GRACE_MS")) }}
{{- $least := add $service.preStopSeconds (div (add $graceMs 999) 1000) 5 }}
{{- if lt (int64 $service.terminationGracePeriodSeconds) $least }}
{{- fail (printf "services.%s: terminationGracePeriodSeconds is %v, but preStopSeconds, SHUTDOWN_GRACE_MS and 5 s for closing take %d s" .name $service.terminationGracePeriodSeconds $least) }}
{{- end }}
{{- toYaml (set $service "config" $config) }}
{{- end }}

{{- define "ofs.scheme" -}}
{{- if .Values.tls.secret }}https{{ else }}http{{ end }}
{{- end }}

{{/* Large numbers come as floats, which would be written as 1e+07. */}}
{{- define "ofs.text" -}}
{{- if kindIs "float64" . }}{{ if eq . (floor .) }}{{ int64 . }}{{ else }}{{ . }}{{ end }}{{ else }}{{ . }}{{ end }}
{{- end }}
