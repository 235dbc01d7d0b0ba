"""deploy/kubernetes: against Kubernetes' own schemas, the restricted profile, and what the program needs."""

import kubernetes_validate

from .support import documents, load

# Of operators, whose schemas are theirs.
FOREIGN = {"ScaledObject", "TriggerAuthentication", "PodMonitor"}
KUSTOMIZE = {"Kustomization", "Component"}
# Applied by hand, and said so in the file.
BY_HAND = {"secret.example.yaml", "migrate.yaml"}
SHUTDOWN_TIMEOUT = 10


def _files(root):
    return sorted((root / "deploy" / "kubernetes").rglob("*.yaml"))


def _objects(root):
    return [(path.name, item) for path in _files(root) for item in documents(path)]


def _of_kind(root, *kinds):
    return [(name, item) for name, item in _objects(root) if item["kind"] in kinds]


def schemas(root):
    for name, item in _objects(root):
        if item["kind"] in FOREIGN | KUSTOMIZE:
            continue
        try:
            kubernetes_validate.validate(item, kubernetes_validate.latest_version(), strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{name}: {'.'.join(str(part) for part in error.path)}: {error.message}"
        except kubernetes_validate.SchemaNotFoundError:
            yield f"{name}: Kubernetes has no {item['apiVersion']} {item['kind']}"


def kustomization(root):
    """Is each file applied by somebody?"""
    named = set()
    for path in _files(root):
        for item in documents(path):
            if item["kind"] in KUSTOMIZE:
                for resource in item["resources"]:
                    named.add(path.parent / resource)
                    if not (path.parent / resource).exists():
                        yield f"{path.name}: {resource} is not there"
    for path in _files(root):
        if path not in named and path.name not in BY_HAND | {"kustomization.yaml"}:
            yield f"{path.name}: no kustomization names it"


def pods(root):
    for name, item in _of_kind(root, "Deployment", "Job"):
        template = item["spec"]["template"]
        spec = template["spec"]
        of_pod = spec["securityContext"]
        if not of_pod.get("runAsNonRoot") or of_pod.get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{name}: the pod is not restricted"
        if spec.get("enableServiceLinks") is not False or spec.get("automountServiceAccountToken") is not False:
            yield f"{name}: service links or the account's token are in the pod"
        if spec.get("terminationGracePeriodSeconds", 30) <= SHUTDOWN_TIMEOUT:
            yield f"{name}: is killed before shutdown.timeout is over"
        for container in spec["initContainers"] + spec["containers"]:
            context = container["securityContext"]
            if context.get("allowPrivilegeEscalation") is not False or context.get("capabilities") != {"drop": ["ALL"]}:
                yield f"{name}: {container['name']} has capabilities, or may gain them"
            if not context.get("readOnlyRootFilesystem"):
                yield f"{name}: {container['name']} can write its files"
            if "memory" not in container["resources"]["limits"] or "cpu" not in container["resources"]["requests"]:
                yield f"{name}: {container['name']} has no bounds"
            volumes = {volume["name"] for volume in spec["volumes"]}
            for mount in container["volumeMounts"]:
                if mount["name"] not in volumes:
                    yield f"{name}: there is no volume {mount['name']}"
        main = spec["containers"][0]
        variables = {variable["name"]: variable.get("value") for variable in main["env"]}
        for variable, value in variables.items():
            if variable in {"PGPASSWORD", "IDENTITY_DIGEST_KEYS"} or (value or "").startswith("whsec_"):
                yield f"{name}: {variable}: a secret comes in a file"
        if variables.get("ADMIN_HOST") == "0.0.0.0":
            if {"name": "admin", "containerPort": 8080} not in main["ports"]:
                yield f"{name}: answers at no port"
            for probe, path in (("startupProbe", "live"), ("livenessProbe", "live"), ("readinessProbe", "ready")):
                if main.get(probe, {}).get("httpGet") != {"path": f"/health/{path}", "port": "admin"}:
                    yield f"{name}: {probe} is not /health/{path}"
        elif main["args"][0] not in {"sweep", "migrate"}:
            yield f"{name}: nobody can ask {main['args'][0]} how it is"
        if item["kind"] == "Deployment" and item["spec"]["selector"]["matchLabels"] != template["metadata"]["labels"]:
            yield f"{name}: selects other pods than its own"


def references(root):
    """Are secrets and maps that are named there?"""
    secrets = {item["metadata"]["name"] for _, item in _of_kind(root, "Secret")}
    maps = {item["metadata"]["name"] for _, item in _of_kind(root, "ConfigMap")}
    accounts = {item["metadata"]["name"] for _, item in _of_kind(root, "ServiceAccount")}
    for name, item in _of_kind(root, "Deployment", "Job"):
        spec = item["spec"]["template"]["spec"]
        if spec["serviceAccountName"] not in accounts:
            yield f"{name}: there is no account {spec['serviceAccountName']}"
        for volume in spec["volumes"]:
            if "secret" in volume and volume["secret"]["secretName"] not in secrets:
                yield f"{name}: secret.example.yaml has no {volume['secret']['secretName']}"
            if "configMap" in volume and volume["configMap"]["name"] not in maps:
                yield f"{name}: there is no map {volume['configMap']['name']}"
    for name, item in _of_kind(root, "TriggerAuthentication"):
        for parameter in item["spec"]["secretTargetRef"]:
            if parameter["name"] not in secrets:
                yield f"{name}: secret.example.yaml has no {parameter['name']}"
    for name, item in _of_kind(root, "Secret"):
        for key, value in item["stringData"].items():
            if "replace-me" not in value:
                yield f"{name}: {key} holds something that may be a secret"


def operators(root):
    """Do KEDA and Prometheus' operator speak of what there is?"""
    deployments = {item["metadata"]["name"]: item for _, item in _of_kind(root, "Deployment")}
    create = " ".join(load(root / "docker-compose.yml")["services"]["topics"]["command"])
    for name, item in _of_kind(root, "ScaledObject"):
        spec = item["spec"]
        if spec["scaleTargetRef"]["name"] not in deployments:
            yield f"{name}: there is no {spec['scaleTargetRef']['name']}"
        if f"--partitions {spec['maxReplicaCount']} " not in create:
            yield f"{name}: maxReplicaCount is not the topic's partitions"
        kafka = spec["triggers"][0]["metadata"]
        if (kafka["consumerGroup"], kafka["topic"]) != ("protected-identity", "protected-identity.events"):
            yield f"{name}: scales on what the workers do not read"
    for name, item in _of_kind(root, "PodMonitor"):
        label = item["spec"]["jobLabel"]
        if any(deployment["metadata"]["labels"].get(label) != "protected-identity" for deployment in deployments.values()):
            yield f"{name}: the job would not be protected-identity, by which the alerts go"
    for name, item in _of_kind(root, "PodDisruptionBudget"):
        wanted = item["spec"]["selector"]["matchLabels"]
        if not any(deployment["spec"]["replicas"] > 1 and deployment["spec"]["template"]["metadata"]["labels"] == wanted
                   for deployment in deployments.values()):
            yield f"{name}: is of no deployment that can spare one"


CHECKS = [schemas, kustomization, pods, references, operators]
