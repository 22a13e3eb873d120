{{/* The sidecar container: its only description. The admission policy, `tollgate inject` and kustomize are made from it. */}}
{{- define "tollgate.sidecar" -}}
name: tollgate
image: {{ include "tollgate.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
restartPolicy: Always
args: [serve]
env:
  {{- include "tollgate.env" . | nindent 2 }}
{{- with .Values.envFrom }}
envFrom: {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  - { name: tollgate, containerPort: {{ .Values.ports.management }}, protocol: TCP }
startupProbe:
  httpGet: { path: /q/health/ready, port: {{ .Values.ports.management }} }
  periodSeconds: 1
  failureThreshold: 60
readinessProbe:
  httpGet: { path: /q/health/ready, port: {{ .Values.ports.management }} }
  periodSeconds: 10
livenessProbe:
  httpGet: { path: /q/health/live, port: {{ .Values.ports.management }} }
  periodSeconds: 10
  failureThreshold: 6
resources: {{ include "tollgate.resources" . }}
securityContext:
  allowPrivilegeEscalation: false
  capabilities: { drop: [ALL] }
  privileged: false
  readOnlyRootFilesystem: true
  runAsGroup: {{ include "tollgate.text" .Values.runAsUser }}
  runAsNonRoot: true
  runAsUser: {{ include "tollgate.text" .Values.runAsUser }}
  seccompProfile: { type: RuntimeDefault }
volumeMounts:
  - { name: tollgate-policy, mountPath: /etc/tollgate/policy, readOnly: true }
  {{- if .Values.prices.csv }}
  - { name: tollgate-prices, mountPath: /etc/tollgate/prices, readOnly: true }
  {{- end }}
  {{- if .Values.usageFile.enabled }}
  - { name: tollgate-usage, mountPath: /var/log/tollgate }
  {{- end }}
  - { name: tollgate-tmp, mountPath: /tmp }
  {{- with .Values.extraVolumeMounts }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end -}}

{{/* The sidecar's environment; `helm test` has the same. */}}
{{- define "tollgate.env" -}}
- name: TOLLGATE_PORT
  value: {{ include "tollgate.text" .Values.ports.data | quote }}
- name: TOLLGATE_MANAGEMENT_PORT
  value: {{ include "tollgate.text" .Values.ports.management | quote }}
{{- range $name := list "tenant" "application" "cost-center" "environment" }}
- name: TOLLGATE_IDENTITY_{{ $name | upper | replace "-" "_" }}
  valueFrom: { fieldRef: { fieldPath: "metadata.annotations['tollgate.dev/{{ $name }}']" } }
{{- end }}
- name: TOLLGATE_IDENTITY_TRUST
  value: {{ .Values.identity.trust }}
{{- with .Values.identity.tenants }}
- name: TOLLGATE_IDENTITY_TENANTS
  value: {{ join "," . | quote }}
{{- end }}
- name: TOLLGATE_LEDGER_ORG
  value: {{ .Values.ledger.org | quote }}
{{- if .Values.ledger.memory }}
- name: TOLLGATE_LEDGER
  value: memory
{{- else }}
- name: TOLLGATE_REDIS_URL
  valueFrom:
    secretKeyRef: { name: {{ include "tollgate.redisSecret" . }}, key: {{ include "tollgate.redisSecretKey" . }} }
{{- end }}
- name: TOLLGATE_POLICY_FILE
  value: /etc/tollgate/policy/policy.yaml
{{- if .Values.prices.csv }}
- name: TOLLGATE_PRICES_FILE
  value: /etc/tollgate/prices/prices.csv
{{- end }}
{{- if .Values.usageFile.enabled }}
- name: TOLLGATE_USAGE_FILE
  value: /var/log/tollgate/usage.jsonl
{{- end }}
- name: AWS_REGION
  {{- include "tollgate.region" . | nindent 2 }}
{{- with .Values.aws.endpoint }}
- name: TOLLGATE_UPSTREAM_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- with .Values.otlp.endpoint }}
- name: TOLLGATE_OTLP_ENDPOINT
  value: {{ . | quote }}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: {{ printf "k8s.namespace.name=%s" $.Release.Namespace | quote }}
{{- end }}
{{- range $name, $value := .Values.settings }}
- name: {{ $name }}
  value: {{ include "tollgate.text" $value | quote }}
{{- end }}
{{- range .Values.extraEnv }}
- name: {{ .name }}
  {{- if hasKey . "value" }}
  value: {{ include "tollgate.text" .value | quote }}
  {{- else }}
  valueFrom: {{- toYaml .valueFrom | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* The region of sidecar and applications: the node's, which the API server copies to the pod when it is bound. */}}
{{- define "tollgate.region" -}}
{{- if .Values.aws.region -}}
value: {{ .Values.aws.region | quote }}
{{- else -}}
valueFrom: { fieldRef: { fieldPath: "metadata.labels['topology.kubernetes.io/region']" } }
{{- end -}}
{{- end -}}

{{/* The volumes that it mounts. */}}
{{- define "tollgate.volumes" -}}
- name: tollgate-policy
  configMap: { name: {{ include "tollgate.policyConfigMap" . }} }
{{- if .Values.prices.csv }}
- name: tollgate-prices
  configMap: { name: {{ include "tollgate.fullname" . }}-prices }
{{- end }}
{{- if .Values.usageFile.enabled }}
- name: tollgate-usage
  emptyDir: { sizeLimit: {{ .Values.usageFile.sizeLimit }} }
{{- end }}
- name: tollgate-tmp
  emptyDir: { medium: Memory, sizeLimit: 16Mi }
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Environment of the applications: where Bedrock is. */}}
{{- define "tollgate.endpoint" -}}
http://127.0.0.1:{{ .Values.ports.data }}
{{- end -}}

{{/* Placeholders, because SDKs do not start without credentials and a region; boto3 knows the second name of it only. */}}
{{- define "tollgate.placeholders" -}}
- name: AWS_ACCESS_KEY_ID
  value: tollgate
- name: AWS_DEFAULT_REGION
  {{- include "tollgate.region" . | nindent 2 }}
- name: AWS_REGION
  {{- include "tollgate.region" . | nindent 2 }}
- name: AWS_SECRET_ACCESS_KEY
  value: tollgate
{{- end -}}

{{/* Annotations of pods that have none of their own. */}}
{{- define "tollgate.annotations" -}}
{{- with .Values.identity.tenant }}
tollgate.dev/tenant: {{ . | quote }}
{{- end }}
{{- with .Values.identity.application }}
tollgate.dev/application: {{ . | quote }}
{{- end }}
{{- with .Values.identity.costCenter }}
tollgate.dev/cost-center: {{ . | quote }}
{{- end }}
{{- with .Values.identity.environment }}
tollgate.dev/environment: {{ . | quote }}
{{- end }}
tollgate.dev/config: {{ list (include "tollgate.policy" .) (.Values.prices.csv | default "") | toJson | sha256sum | trunc 16 | quote }}
{{- end -}}

{{/* Everything that is added to a pod: what `tollgate inject` reads. */}}
{{- define "tollgate.injection" -}}
sidecar:
  {{- include "tollgate.sidecar" . | nindent 2 }}
volumes:
  {{- include "tollgate.volumes" . | nindent 2 }}
annotations:
  {{- include "tollgate.annotations" . | trim | nindent 2 }}
endpoint: {{ include "tollgate.endpoint" . }}
credentials: {{ .Values.injection.credentials }}
placeholders:
  {{- include "tollgate.placeholders" . | nindent 2 }}
imagePullSecrets: {{ toJson (.Values.imagePullSecrets | default list) }}
{{- end -}}
