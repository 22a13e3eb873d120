{{/*
What CloudWatch sees of the sidecar's metrics: names and dimensions are copies, so that no two series become one. Tested
with a real Prometheus.
*/}}
{{- define "tollgate.cloudwatch.relabelling" -}}
- { source_labels: [__name__], regex: "tollgate_(requests|decisions|invocations|tokens|cost_usd)_total", action: keep }
- { source_labels: [model], target_label: Model }
- { source_labels: [model_id], target_label: ModelId }
- { source_labels: [cost_center], target_label: CostCenter }
- { source_labels: [application], target_label: Application }
- { source_labels: [environment], target_label: Environment }
- { source_labels: [__name__], regex: tollgate_requests_total, target_label: __name__, replacement: TotalRequests }
- { source_labels: [__name__, decision], regex: tollgate_decisions_total;approved, target_label: __name__, replacement: RateLimitApproved }
- { source_labels: [__name__, decision], regex: tollgate_decisions_total;denied, target_label: __name__, replacement: RateLimitDenied }
- { source_labels: [__name__, outcome], regex: tollgate_invocations_total;failure, target_label: __name__, replacement: InvocationFailed }
- { source_labels: [__name__, type], regex: tollgate_tokens_total;input, target_label: __name__, replacement: InputTokens }
- { source_labels: [__name__, type], regex: tollgate_tokens_total;output, target_label: __name__, replacement: OutputTokens }
{{- if .Values.cloudwatch.cost }}
- { source_labels: [__name__], regex: tollgate_cost_usd_total, target_label: __name__, replacement: CostUSD }
{{- end }}
- { source_labels: [__name__], regex: tollgate_.*, action: drop }
{{- end -}}

{{/* Pods of this namespace with a sidecar. */}}
{{- define "tollgate.cloudwatch.prometheus" -}}
global:
  scrape_interval: {{ .Values.cloudwatch.intervalSeconds }}s
  scrape_timeout: 10s
scrape_configs:
  - job_name: tollgate
    metrics_path: /q/metrics
    scrape_protocols: [PrometheusText0.0.4]
    {{- if eq .Values.cloudwatch.form "localhost" }}
    static_configs:
      - targets: ["127.0.0.1:{{ .Values.ports.management }}"]
    {{- else }}
    kubernetes_sd_configs:
      - role: pod
        namespaces: { names: [{{ .Release.Namespace }}] }
        selectors: [{ role: pod, label: tollgate.dev/inject=enabled }]
    relabel_configs:
      - { source_labels: [__meta_kubernetes_pod_container_init, __meta_kubernetes_pod_container_name], regex: true;tollgate, action: keep }
      - { source_labels: [__meta_kubernetes_pod_phase], regex: Running, action: keep }
      - { source_labels: [__meta_kubernetes_namespace], target_label: namespace }
      - { source_labels: [__meta_kubernetes_pod_name], target_label: pod }
    {{- end }}
    metric_relabel_configs:
      {{- include "tollgate.cloudwatch.relabelling" . | nindent 6 }}
{{- end -}}

{{- define "tollgate.cloudwatch.logGroup" -}}
{{ .Values.cloudwatch.logGroup | default (printf "/tollgate/%s" .Release.Namespace) }}
{{- end -}}

{{/* The agent's logs section; the add-on takes the same. */}}
{{- define "tollgate.cloudwatch.metricsCollected" -}}
{{- $names := list "TotalRequests" "RateLimitApproved" "RateLimitDenied" "InvocationFailed" "InputTokens" "OutputTokens" -}}
{{- if .Values.cloudwatch.cost }}{{ $names = append $names "CostUSD" }}{{ end -}}
prometheus:
  {{- with .Values.cloudwatch.clusterName }}
  cluster_name: {{ . | quote }}
  {{- end }}
  log_group_name: {{ include "tollgate.cloudwatch.logGroup" . }}
  prometheus_config_path: /etc/prometheusconfig/prometheus.yaml
  emf_processor:
    metric_declaration_dedup: true
    metric_namespace: GenAIRateLimiting
    metric_unit:
      {{- range $names }}
      {{ . }}: {{ if eq . "CostUSD" }}None{{ else }}Count{{ end }}
      {{- end }}
    metric_declaration:
      - source_labels: [job]
        label_matcher: ^tollgate$
        dimensions: [[Model, ModelId, CostCenter, Application, Environment]]
        metric_selectors:
          {{- range $names }}
          - ^{{ . }}$
          {{- end }}
{{- end -}}

{{- define "tollgate.cloudwatch.region" -}}
{{ .Values.cloudwatch.region | default .Values.aws.region }}
{{- end -}}

{{/* The agent looks for a region in its own configuration first, and ends if it finds none anywhere. */}}
{{- define "tollgate.cloudwatch.agent" -}}
{{ dict "agent" (dict "region" (include "tollgate.cloudwatch.region" .)) "logs" (dict "metrics_collected" (include "tollgate.cloudwatch.metricsCollected" . | fromYaml) "force_flush_interval" 5) | toPrettyJson }}
{{- end -}}
