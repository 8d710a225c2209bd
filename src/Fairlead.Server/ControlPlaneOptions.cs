using Fairlead.Core.Rollouts;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Fairlead.Server;

/// <summary>The settings of the control plane. Checked when the host starts; every fault is reported at once.</summary>
public sealed class ControlPlaneOptions
{
    /// <summary>Default of <see cref="MaxArtifactBytes"/>.</summary>
    public const long DefaultMaxArtifactBytes = 64L << 30;

    /// <summary>Default of <see cref="ProbeMemoryBytes"/>.</summary>
    public const long DefaultProbeMemoryBytes = 16L << 30;

    /// <summary>
    /// The folder of this process: the SQLite file, the artifacts unless they are elsewhere, and the copies that let it
    /// start without its database. Locked while the process runs. Default <c>.fairlead</c>.
    /// </summary>
    public string DataFolder { get; set; } = ".fairlead";

    /// <summary>
    /// The connection string of a PostgreSQL database; null, the default: a SQLite file in the data folder.
    /// </summary>
    public string? PostgresConnection { get; set; }

    /// <summary>
    /// Where artifacts are stored; null, the default: <c>artifacts</c> in the data folder. Replicas share it.
    /// </summary>
    public string? ArtifactFolder { get; set; }

    /// <summary>
    /// The hosts that the server listens on, as written in its addresses; protected mode looks at them. Default
    /// <c>localhost</c>.
    /// </summary>
    public IReadOnlyList<string> ListenHosts { get; set; } = ["localhost"];

    /// <summary>
    /// An admin key to make valid at the start, from <c>FAIRLEAD_ADMIN_KEY</c>. At least 32 characters. Default null.
    /// </summary>
    public string? AdminKey { get; set; }

    /// <summary>The replica's name; null, the default: the machine's name and digits kept in the data folder.</summary>
    public string? ReplicaName { get; set; }

    /// <summary>Largest artifact. Default 64 GiB, at least 1 byte.</summary>
    public long MaxArtifactBytes { get; set; } = DefaultMaxArtifactBytes;

    /// <summary>
    /// The program, with its first arguments, that is run as <c>PROGRAM probe FOLDER --entry FILE</c>; empty, the
    /// default:
    /// this program.
    /// </summary>
    public IReadOnlyList<string> ProbeProgram { get; set; } = [];

    /// <summary>
    /// The program, with its first arguments, that is run as <c>PROGRAM answer-query</c>; empty, the default: this
    /// program.
    /// </summary>
    public IReadOnlyList<string> QueryProgram { get; set; } = [];

    /// <summary>Most memory that a question to the prediction log may take. Default 1 GiB, at least 256 MiB.</summary>
    public long QueryMemoryBytes { get; set; } = 1L << 30;

    /// <summary>Longest run of a probe. Default 5 min, 1 s to 1 h.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a registration by MLflow's clients waits for the probe, which give up after two minutes and ask again.
    /// Default 90 s, 1 s to 10 min.
    /// </summary>
    public TimeSpan TrackedProbePatience { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>Most memory that a probe may take before it is stopped. Default 16 GiB, at least 64 MiB.</summary>
    public long ProbeMemoryBytes { get; set; } = DefaultProbeMemoryBytes;

    /// <summary>Probes that run at once. Default 2, 1 to 64.</summary>
    public int ProbesAtOnce { get; set; } = 2;

    /// <summary>
    /// Age below which an unreferenced artifact is kept, for uploads whose version is yet to come. Default 1 h, 0 to
    /// 365 d.
    /// </summary>
    public TimeSpan GarbageGrace { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// A replica is live while its last heartbeat is no older than this. Default 10 s, 1 s to 10 min.
    /// </summary>
    public TimeSpan ReplicaLease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a replica may control the rollouts without renewing; another one takes over after that. Default 10 s,
    /// 1 s to 10 min.
    /// </summary>
    public TimeSpan ControllerLease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the database may be silent before endpoints in a rollout go back to stable on this replica. Default
    /// 60 s, 1 s to 1 d.
    /// </summary>
    public TimeSpan ContactGrace { get; set; } = LostContact.DefaultGrace;

    /// <summary>
    /// How often a replica on PostgreSQL looks for changes while it cannot hear of them. Default 500 ms, 10 ms to 5 s.
    /// </summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The Prometheus server that checks may query, such as <c>http://prometheus:9090</c>; null, the default: none.
    /// </summary>
    public string? PrometheusAddress { get; set; }

    /// <summary>
    /// Webhooks and receivers of alerts at addresses of this machine or of private networks get nothing, whatever
    /// their names resolve to. Default false: a server in a laboratory tells its neighbours.
    /// </summary>
    public bool PublicTargetsOnly { get; set; }

    /// <summary>How long answers and outcomes are kept. Default 90 d, 1 d to 3,650 d.</summary>
    public TimeSpan OutcomeLife { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long deleted runs and experiments can be restored; after that they are collected with all that they logged.
    /// Default 30 d, 0 to 3,650 d.
    /// </summary>
    public TimeSpan TrashLife { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often the key that signs prediction ids is replaced. Default 30 d, 1 h to 365 d.</summary>
    public TimeSpan PredictionKeyLife { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Throws <see cref="OptionsValidationException"/> with every fault.</summary>
    internal void ThrowIfInvalid()
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(DataFolder))
            faults.Add($"{nameof(DataFolder)} is empty.");
        if (PostgresConnection is { } connection && WhyNotConnection(connection) is { } unreadable)
            faults.Add($"The PostgreSQL connection string cannot be read: {unreadable}");
        if (AdminKey is { Length: < 32 })
            faults.Add("FAIRLEAD_ADMIN_KEY has fewer than 32 characters; make one with 'openssl rand -hex 32'.");
        if (ReplicaName is { } name && (name.Length is 0 or > 200 || name.Any(char.IsControl)))
            faults.Add($"{nameof(ReplicaName)} has 1 to 200 printable characters.");
        if (MaxArtifactBytes < 1)
            faults.Add($"{nameof(MaxArtifactBytes)} is at least 1.");
        if (ProbeMemoryBytes < 64L << 20)
            faults.Add($"{nameof(ProbeMemoryBytes)} is at least 64 MiB.");
        if (QueryMemoryBytes < 256L << 20)
            faults.Add($"{nameof(QueryMemoryBytes)} is at least 256 MiB.");
        if (ProbesAtOnce is < 1 or > 64)
            faults.Add($"{nameof(ProbesAtOnce)} is 1 to 64.");
        Bound(nameof(ProbeTimeout), ProbeTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Bound(nameof(TrackedProbePatience), TrackedProbePatience, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Bound(nameof(GarbageGrace), GarbageGrace, TimeSpan.Zero, TimeSpan.FromDays(365));
        Bound(nameof(ReplicaLease), ReplicaLease, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Bound(nameof(ControllerLease), ControllerLease, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Bound(nameof(ContactGrace), ContactGrace, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        Bound(nameof(PollInterval), PollInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(5));
        Bound(nameof(OutcomeLife), OutcomeLife, TimeSpan.FromDays(1), TimeSpan.FromDays(3650));
        Bound(nameof(TrashLife), TrashLife, TimeSpan.Zero, TimeSpan.FromDays(3650));
        if (PrometheusAddress is { } prometheus
            && !(Uri.TryCreate(prometheus, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
        {
            faults.Add($"{nameof(PrometheusAddress)} is no address of a web server.");
        }

        Bound(nameof(PredictionKeyLife), PredictionKeyLife, TimeSpan.FromHours(1), TimeSpan.FromDays(365));
        if (faults.Count > 0)
            throw new OptionsValidationException(nameof(ControlPlaneOptions), typeof(ControlPlaneOptions), faults);

        void Bound(string option, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
                faults.Add($"{option} is {least} to {most}, not {value}.");
        }
    }
    private static string? WhyNotConnection(string text)
    {
        try
        {
            return string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host)
                ? "it names no host; write 'Host=...;Database=...;Username=...;Password=...'."
                : null;
        }
        catch (ArgumentException failure)
        {
            return $"'{failure.ParamName}' is no setting of a connection, or has a value that does not suit it.";
        }
    }
}
