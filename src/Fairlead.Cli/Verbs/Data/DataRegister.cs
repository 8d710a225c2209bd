using System.CommandLine;
using System.IO.Compression;
using Fairlead.Cli.Datasets;
using Fairlead.Cli.Shell;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Cli.Verbs.Data;

/// <summary>
/// Reads data where it lies and registers it: its digest, columns, rows and statistics go to the server, the data
/// itself does not.
/// </summary>
internal sealed class DataRegister
{
    private readonly Argument<string> _name =
        new("name") { Description = "The dataset; created with its first version" };

    private readonly Argument<string> _path = new("path")
    {
        Description = "A file (CSV, Parquet, JSON lines, or any other), a folder, or a pointer of DVC or Git LFS",
    };

    private readonly Option<string?> _labels =
        Options.Of<string?>("--labels", "column", "The column that holds what is to be predicted");

    private readonly Option<string?> _split =
        Options.Of<string?>("--split", "name", "What the rows are for: train, test, validation, …");

    private readonly Option<string?> _output =
        Options.Of<string?>("--output", "path", "Which output of DVC is meant, where a dvc.lock has several");

    private readonly Option<string?> _address =
        Options.Of<string?>("--address", "text", "Where it can be found, for people [default: the path as given]");

    private readonly Option<bool> _noProfile = new("--no-profile")
    {
        Description = "Do not look at the rows: only the digest is recorded",
    };

    private readonly Option<string?> _description =
        Options.Of<string?>("--description", "text", "A sentence about the version");

    private readonly Option<string?> _reason = Options.Reason();

    public static Command Create(Terminal terminal)
    {
        var verb = new DataRegister();
        return new Command("register", "Register data as a version of a dataset; it stays where it is")
        {
            verb._name, verb._path, verb._labels, verb._split, verb._output, verb._address, verb._noProfile,
            verb._description, verb._reason,
        }.Runs(terminal, verb.RunAsync);
    }

    private async Task RunAsync(Call call, CancellationToken cancellation)
    {
        var data = await LocalDataset.ReadAsync(
            call.Value(_path), call.Value(_output), !call.Value(_noProfile), call.Terminal, cancellation);
        if (call.Value(_labels) is { } labels && data.Columns.Count > 0
            && data.Columns.All(column => column.Name != labels))
        {
            throw CliException.Usage($"--labels: {call.Value(_path)} has no column '{labels}'.",
                $"It has {string.Join(", ", data.Columns.Take(20).Select(column => column.Name))}"
                + $"{(data.Columns.Count > 20 ? ", …" : "")}.");
        }

        var profile = data.Profile is null ? null : await SendAsync(call.Client, data.Profile, cancellation);
        var version = await call.Client.RegisterDatasetAsync(call.Value(_name), new RegisterDatasetRequest
        {
            Digest = data.Digest,
            Source = data.Source,
            Address = call.Value(_address) ?? data.Address,
            Bytes = data.Bytes,
            Files = data.Files,
            Rows = data.Rows,
            Columns = data.Columns,
            Labels = call.Value(_labels),
            Split = call.Value(_split),
            Profile = profile,
            NoProfileBecause = data.NoProfileBecause,
            Description = call.Value(_description) ?? "",
            Reason = call.Value(_reason),
        }, cancellation);
        call.Write(version, to => to.Out.WriteLine($"{version.Name}/{version.Number}"));
        Report(call, version);
    }

    /// <summary>Statistics in the form in which the server keeps them, and their digest.</summary>
    private static async Task<string> SendAsync(
        FairleadClient client, WindowSketch profile, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        await using (var brotli = new BrotliStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
            brotli.Write(profile.ToBytes());
        bytes.Position = 0;
        return (await client.PutArtifactAsync(bytes, cancellation: cancellation)).Digest;
    }

    private static void Report(Call call, DatasetVersionInfo version)
    {
        var known = version.WasKnown ? " is this content already" : "";
        var rows = version.Rows is { } count
            ? $"{count} rows, {version.Columns.Count} columns"
            : version.Files is { } files ? $"{files} files" : "its size is not known";
        call.Note($"{version.Name}/{version.Number}{known}: {rows}, {version.Digest}.");
        if (version.NoProfileBecause is { } why)
        {
            call.Note($"There are no statistics of it, since {why}; so it can be named by models, and drift cannot be "
                + "held against it.");
        }
    }
}
