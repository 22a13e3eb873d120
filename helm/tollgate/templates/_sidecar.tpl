{{/* The sidecar container: its only description. The admission policy, `tollgate inject` and kustomize are made from it. */}}
{{- define "tollgate.sidecar" -}}
name: tollgate
image: {{ include "tollgate.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
restartPolicy: Always
args: [serve]
env:
  - name: TOLLGATE_PORT
    value: {{ .Values.ports.data | toString | quote }}
  - name: TOLLGATE_MANAGEMENT_PORT
    value: {{ .Values.ports.management | toString | quote }}
  - name: TOLLGATE_IDENTITY_TENANT
    valueFrom: { fieldRef: { fieldPath: "metadata.annotations['tollgate.dev/tenant']" } }
  - name: TOLLGATE_IDENTITY_APPLICATION
    valueFrom: { fieldRef: { fieldPath: "metadata.annotations['tollgate.dev/application']" } }
  - name: TOLLGATE_IDENTITY_COST_CENTER
    valueFrom: { fieldRef: { fieldPath: "metadata.annotations['tollgate.dev/cost-center']" } }
  - name: TOLLGATE_IDENTITY_ENVIRONMENT
    valueFrom: { fieldRef: { fieldPath: "metadata.annotations['tollgate.dev/environment']" } }
  - name: TOLLGATE_IDENTITY_TRUST
    value: {{ .Values.identity.trust }}
  {{- with .Values.identity.tenants }}
  - name: TOLLGATE_IDENTITY_TENANTS
    value: {{ join "," . | quote }}
  {{- end }}
  - name: TOLLGATE_LEDGER_ORG
    value: {{ .Values.ledger.org | quote }}
  - name: TOLLGATE_REDIS_URL
    valueFrom:
      secretKeyRef: { name: {{ include "tollgate.redisSecret" . }}, key: {{ include "tollgate.redisSecretKey" . }} }
  - name: TOLLGATE_POLICY_FILE
    value: /etc/tollgate/policy/policy.yaml
  {{- if .Values.prices.csv }}
  - name: TOLLGATE_PRICES_FILE
    value: /etc/tollgate/prices/prices.csv
  {{- end }}
  {{- with .Values.aws.region }}
  - name: AWS_REGION
    value: {{ . | quote }}
  {{- end }}
  {{- with .Values.aws.endpoint }}
  - name: TOLLGATE_UPSTREAM_ENDPOINT
    value: {{ . | quote }}
  {{- end }}
  {{- range $name, $value := .Values.settings }}
  - name: {{ $name }}
    value: {{ $value | toString | quote }}
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
resources: {{ toJson .Values.resources }}
securityContext:
  allowPrivilegeEscalation: false
  capabilities: { drop: [ALL] }
  privileged: false
  readOnlyRootFilesystem: true
  runAsGroup: 65532
  runAsNonRoot: true
  runAsUser: 65532
  seccompProfile: { type: RuntimeDefault }
volumeMounts:
  - { name: tollgate-policy, mountPath: /etc/tollgate/policy, readOnly: true }
  {{- if .Values.prices.csv }}
  - { name: tollgate-prices, mountPath: /etc/tollgate/prices, readOnly: true }
  {{- end }}
  - { name: tollgate-tmp, mountPath: /tmp }
{{- end -}}

{{/* The volumes that it mounts. */}}
{{- define "tollgate.volumes" -}}
- name: tollgate-policy
  configMap: { name: {{ include "tollgate.policyConfigMap" . }} }
{{- if .Values.prices.csv }}
- name: tollgate-prices
  configMap: { name: {{ .Release.Name }}-prices }
{{- end }}
- name: tollgate-tmp
  emptyDir: { medium: Memory, sizeLimit: 16Mi }
{{- end -}}

{{/* Environment of the applications: where Bedrock is. */}}
{{- define "tollgate.endpoint" -}}
http://127.0.0.1:{{ .Values.ports.data }}
{{- end -}}

{{/* Placeholders, as SDKs do not start without credentials and a region; boto3 knows the second name of it only. */}}
{{- define "tollgate.placeholders" -}}
AWS_ACCESS_KEY_ID: tollgate
AWS_DEFAULT_REGION: {{ .Values.aws.region | default "us-east-1" }}
AWS_REGION: {{ .Values.aws.region | default "us-east-1" }}
AWS_SECRET_ACCESS_KEY: tollgate
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
tollgate.dev/config: {{ list (include "tollgate.policy" .) .Values.prices.csv | toJson | sha256sum | trunc 16 | quote }}
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
{{- end -}}
