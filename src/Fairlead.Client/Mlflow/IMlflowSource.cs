using System.Text.Json.Nodes;

namespace Fairlead.Client.Mlflow;

/// <summary>
/// What an import reads from: a server, or the database that one left behind. Everything comes in the shapes of
/// MLflow's REST API, deleted things too, with their <c>lifecycle_stage</c>. What cannot be read is an <see
/// cref="MlflowException"/> that says why.
/// </summary>
public interface IMlflowSource
{
    /// <summary>What is there and could not be read so far, and why.</summary>
    IReadOnlyList<string> Unread => [];

    /// <summary>All experiments.</summary>
    IAsyncEnumerable<JsonObject> ExperimentsAsync(CancellationToken cancellation);

    /// <summary>The runs of an experiment, the earliest first.</summary>
    IAsyncEnumerable<JsonObject> RunsAsync(string experiment, CancellationToken cancellation);

    /// <summary>Every point of a metric of a run.</summary>
    IAsyncEnumerable<JsonObject> HistoryAsync(string run, string metric, CancellationToken cancellation);

    /// <summary>The logged models of an experiment, registered or not; none where the source knows of none.</summary>
    IAsyncEnumerable<JsonObject> LoggedModelsAsync(string experiment, CancellationToken cancellation);

    /// <summary>All registered models.</summary>
    IAsyncEnumerable<JsonObject> ModelsAsync(CancellationToken cancellation);

    /// <summary>The versions of a registered model.</summary>
    IAsyncEnumerable<JsonObject> VersionsAsync(string model, CancellationToken cancellation);

    /// <summary>Where the files of a version are; empty where the source does not say.</summary>
    Task<string> AddressOfAsync(JsonObject version, CancellationToken cancellation);

    /// <summary>The files of a run.</summary>
    Task<IReadOnlyList<MlflowFile>> FilesAsync(JsonObject run, CancellationToken cancellation);

    /// <summary>Reads a file of a run.</summary>
    Task<Stream> OpenAsync(JsonObject run, string path, CancellationToken cancellation);

    /// <summary>The source hands out the files that lie at an address.</summary>
    bool Holds(string address);

    /// <summary>The files below an address, by their paths below it.</summary>
    Task<IReadOnlyList<MlflowFile>> FilesBelowAsync(string address, CancellationToken cancellation);

    /// <summary>Reads a file below an address.</summary>
    Task<Stream> OpenBelowAsync(string address, string path, CancellationToken cancellation);
}
