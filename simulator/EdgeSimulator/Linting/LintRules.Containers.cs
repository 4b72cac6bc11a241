using static EdgeSimulator.Linting.Severity;

namespace EdgeSimulator.Linting;

internal static partial class LintRules
{
    public static readonly LintRule CreateOptionsInvalid = new(
        "create-options-invalid", Error, "`createOptions` that are no JSON object, or of the wrong form",
        "edgeAgent cannot make the container, and tries again for ever. Templates may hold an object; manifests hold its JSON as a string.",
        "Write the JSON of an object, as a string in a manifest.");

    public static readonly LintRule CreateOptionsUnsplit = new(
        "create-options-unsplit", Warning, "`createOptions` of more than 512 characters in one string of a manifest",
        "512 is what the field's tools and older runtimes count on, and from 4 KB on IoT Hub refuses the value.",
        "Split it into createOptions, createOptions01, …; EdgeSimulator genconfig does.");

    public static readonly LintRule CreateOptionsGap = new(
        "create-options-gap", Error, "a number missing among `createOptions`, `createOptions01`, …",
        "edgeAgent joins the parts by their numbers and refuses the module when one is missing.",
        "Number the parts without a gap.");

    public static readonly LintRule ContainerPrivileged = new(
        "container-privileged", Error, "a privileged container",
        "It may do whatever the host's root may: who takes over the module has the gateway.",
        "Take Privileged out; give single devices (Devices) or capabilities (CapAdd) instead.");

    public static readonly LintRule ContainerHostRoot = new(
        "container-host-root", Error, "the host's root, or a folder of its system, in a container",
        "The module can read every secret of the host and change what it runs.",
        "Mount a volume, or the one folder that is needed.");

    public static readonly LintRule ContainerDockerSocket = new(
        "container-docker-socket", Error, "the container engine's socket in a container",
        "Who can talk to the engine can start a privileged container: it is root on the host. Only edgeAgent needs it, and gets it by itself.",
        "Take the mount out.");

    public static readonly LintRule ContainerMemory = new(
        "container-memory", Warning, "no limit of memory",
        "One module that leaks takes the gateway with it: the kernel then ends whichever process it likes, edgeHub too.",
        "Set HostConfig.Memory.");

    public static readonly LintRule ContainerWritableRoot = new(
        "container-writable-root", Warning, "a root file system that can be written",
        "Who breaks in can change the program. What is written there is lost with the container besides.",
        "Set HostConfig.ReadonlyRootfs.");

    public static readonly LintRule ContainerCapabilities = new(
        "container-capabilities", Warning, "capabilities not dropped",
        "The engine's usual set lets a process change owners, make device files and send raw packets; these modules need none of it.",
        "Set HostConfig.CapDrop to [\"ALL\"], and add what is needed with CapAdd.");

    public static readonly LintRule ContainerNewPrivileges = new(
        "container-new-privileges", Warning, "no `no-new-privileges`",
        "A program with the setuid bit can become root in the container.",
        "Add no-new-privileges to HostConfig.SecurityOpt.");

    public static readonly LintRule ContainerLogs = new(
        "container-logs", Warning, "logs that grow without bound",
        "The engine keeps all that a module prints; full disks are what gateways die of most.",
        "Set HostConfig.LogConfig with max-size and max-file.");

    public static readonly LintRule ContainerTmpfs = new(
        "container-tmpfs", Warning, "a read-only root without a tmpfs for `/tmp` or for `HOME`",
        ".NET makes its diagnostic files in /tmp, and Microsoft's SDK writes its certificates below HOME.",
        "Add it to HostConfig.Tmpfs.");

    public static readonly LintRule ContainerRestartPolicy = new(
        "container-restart-policy", Warning, "a restart policy of the container engine",
        "edgeAgent restarts modules itself, by restartPolicy; two that restart one container fight.",
        "Take HostConfig.RestartPolicy out.");

    public static readonly LintRule StateDirectory = new(
        "state-directory", Error, "a module of this solution without `StateDirectory`",
        "The module refuses to start: it would have to forget what it has accepted.",
        "Set env.StateDirectory to a folder on a volume, such as /state.");

    public static readonly LintRule StateNotKept = new(
        "state-not-kept", Error, "a `StateDirectory` that is on no volume",
        "What the module has accepted is lost with its container, at every new image and every change of createOptions.",
        "Bind a volume there: \"Binds\": [\"mymodule-state:/state\"].");

    public static readonly LintRule PortDuplicate = new(
        "port-duplicate", Error, "a port of the host that two modules want",
        "The second container does not start: its port is taken. edgeHub has 443, 5671 and 8883.",
        "Give one of them another HostPort.");

    public static readonly LintRule PortLow = new(
        "port-low", Warning, "a port below 1024 in a container that does not run as root",
        "Without root, or the capability NET_BIND_SERVICE, many kernels do not let it listen there.",
        "Listen above 1023; the HostPort may stay.");

    public static readonly LintRule EnvironmentName = new(
        "env-name", Error, "the name of a variable with a blank or one of `. $ # +`",
        "IoT Hub takes no such key in a twin, and refuses the whole deployment.",
        "Rename the variable; .NET reads A__B as A:B.");

    public static readonly LintRule EnvironmentReserved = new(
        "env-reserved", Warning, "a variable that edgeAgent sets",
        "edgeAgent puts its own value in its place.",
        "Take it out.");

    public static readonly LintRule SecretLiteral = new(
        "secret-literal", Error, "a password, key or token in plain text",
        "It is in the repository and its history, and everyone who may read a twin reads it. "
        + "In an expanded manifest the registry's password is a warning: it must be there.",
        "Write ${NAME}, and pass the value in the environment of the pipeline; give modules secrets by a mounted file.");
}
