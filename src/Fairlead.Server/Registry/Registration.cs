using System.Collections.Immutable;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Datasets;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Datasets;
using Fairlead.Server.Lineage;
using Fairlead.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Registry;

/// <summary>
/// Registers versions: the files are looked for, laid out and checked, the model is probed in a child process, and only
/// then the version gets its number. Whatever ends before that leaves nothing but artifacts, which are collected later.
/// </summary>
internal sealed class Registration(
    IArtifactStore store, IVersionProbe probe, ControlPlane control, Database database, DataFolder folder,
    LineageCapture capture, ILogger<Registration> log)
{
    /// <summary>Key of the runtime of ONNX models.</summary>
    internal const string OnnxRuntime = "onnx";

    private const int NamedMissing = 20;

    /// <summary>
    /// Folders that only a running probe needs; what a killed process left in them goes at the next start.
    /// </summary>
    private static readonly string[] Passing = ["probe", SuspectProbe.FolderName];

    private readonly string _probeFolder = folder.Below("probe");
    private long _probes;

    /// <summary>Removes what a killed process left; before the first registration.</summary>
    public static void Sweep(DataFolder folder)
    {
        foreach (var name in Passing)
        {
            Directory.Delete(folder.Below(name), recursive: true);
            folder.Below(name);
        }
    }

    /// <param name="principal">Who registers.</param>
    /// <param name="model">The model; made when there is none.</param>
    /// <param name="request">Its next version.</param>
    /// <param name="key">
    /// A caller who asks again with the same key gets the version that it has already; null: every call makes one.
    /// </param>
    public async Task<VersionInfo> RegisterAsync(
        Principal principal, ModelName model, RegisterVersionRequest request, IdempotencyKey? key,
        CancellationToken cancellation)
    {
        // 1. The request by itself, and whether it was answered before: then nothing needs to be probed again.
        Check(request);
        var uses = DatasetUse.ParseAll(request.Datasets);
        if (key is not null
            && await database.ReadAsync(db => key.FindAsync(db, model, cancellation), cancellation) is { } known)
        {
            return known;
        }

        var files = Files(request);
        if (ManifestRules.Check(files) is { Count: > 0 } faults)
            throw new RefusalException(faults);
        var entry = ManifestRules.FindEntry(files, request.Entry);

        // 2. Its files, the model in them, and what can be known of where it comes from.
        await ThrowIfMissingAsync(files, cancellation);
        var sources = await CaptureAsync(request, files, cancellation);
        var report = await ProbeAsync(model, files, entry, cancellation);
        var manifest = new Manifest(
            [.. files], [new ManifestComponent("model", OnnxRuntime, entry)], report.Signature);

        // 3. The number. Artifacts may have been collected during the probe; a collector and this write exclude each
        // other, so files that are there now stay.
        var isNew = false;
        var version = await control.WriteAsync(principal, request.Reason, async write =>
        {
            // Once more: the same request may have come twice at the same time.
            if (key is not null && await key.FindAsync(write.Db, model, write.Cancellation) is { } meanwhile)
                return meanwhile;

            await ThrowIfMissingAsync(files, write.Cancellation);
            var row = await InsertAsync(write, model, request, sources, uses, manifest, report);
            if (key is not null)
                await key.KeepAsync(write, row);
            isNew = true;
            return RegistryViews.Version(row, []);
        }, cancellation);
        if (isNew)
            log.Registered($"{model}/{version.Number}", files.Sum(file => file.Size), files.Length);
        return version;
    }

    /// <summary>Stores the next version of a model.</summary>
    /// <param name="also">Sets columns that the request does not speak of.</param>
    internal static async Task<VersionRow> InsertAsync(
        WriteScope write, ModelName model, RegisterVersionRequest request, CapturedSources sources,
        IReadOnlyList<DatasetUse> uses, Manifest manifest, ProbeReport report, Action<VersionRow>? also = null)
    {
        var registered = await VersionDatasets.FindAsync(write, uses);
        var owner = await ModelWrites.EnsureAsync(write, model);
        if (sources.Lineage.Parent is { } parent)
            await RegistryViews.FindVersionAsync(write.Db, new VersionId(model, parent), write.Cancellation);

        var row = new VersionRow
        {
            Model = owner.Name,
            Number = owner.NextVersion++,
            Description = request.Description,
            Tags = StoredJson.Write(request.Tags),
            Metrics = StoredJson.Write(sources.Metrics),
            Parameters = StoredJson.Write(sources.Parameters),
            Lineage = StoredJson.Write(sources.Lineage with { Registered = registered }),
            Manifest = StoredJson.Write(manifest),
            Probe = StoredJson.Write(report),
            CreatedAt = write.NowMicroseconds,
            CreatedBy = write.Principal.Name,
        };
        also?.Invoke(row);
        owner.ChangedAt = write.NowMicroseconds;
        write.Db.Versions.Add(row);
        write.Db.VersionFiles.AddRange(manifest.Files.Select(file => file.Digest.ToString()).Distinct()
            .Select(digest => new VersionFileRow { Model = row.Model, Number = row.Number, Digest = digest }));
        VersionDatasets.Add(write, row, registered);
        var shown = RegistryViews.Version(row, []);
        LineageWrites.Registered(write, shown, sources.Diff);
        write.Record("version.register", ModelWrites.Subject(new VersionId(model, row.Number)), null, shown);
        return row;
    }

    /// <summary>What can be known of where a version comes from, beyond what the request says.</summary>
    internal async Task<CapturedSources> CaptureAsync(
        RegisterVersionRequest request, IReadOnlyList<ManifestFile> files, CancellationToken cancellation)
    {
        try
        {
            return await capture.CompleteAsync(
                request.Lineage, request.Metrics, request.Parameters, files, cancellation);
        }
        catch (ArtifactMissingException gone)
        {
            throw new RefusalException(Missing([gone.Digest.ToString()]));
        }
    }

    /// <summary>Examines files that are in the store as a version would be before it is registered.</summary>
    internal async Task<ProbeReport> ExamineAsync(
        ModelName model, IReadOnlyList<ManifestFile> files, string entry, CancellationToken cancellation)
    {
        await ThrowIfMissingAsync(files, cancellation);
        return await ProbeAsync(model, files, entry, cancellation);
    }

    private async Task<ProbeReport> ProbeAsync(
        ModelName model, IReadOnlyList<ManifestFile> files, string entry, CancellationToken cancellation)
    {
        var laidOut = Path.Combine(_probeFolder, $"{Interlocked.Increment(ref _probes)}");
        try
        {
            Directory.CreateDirectory(laidOut);
            await store.MaterializeAsync(files, laidOut, cancellation);
            CheckSizes(files, laidOut);
            return await probe.ProbeAsync(laidOut, entry, cancellation);
        }
        catch (RefusalException refused)
        {
            log.ProbeRefused(model.ToString(), refused.Refusals[0].Code, refused.Message);
            throw;
        }
        catch (ArtifactMissingException gone)
        {
            throw new RefusalException(Missing([gone.Digest.ToString()]));
        }
        catch (ArtifactCorruptException corrupt)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "artifact_corrupt",
                $"{corrupt.Message} Upload the file again."));
        }
        finally
        {
            Remove(laidOut);
        }
    }

    private static void CheckSizes(IReadOnlyList<ManifestFile> files, string laidOut)
    {
        for (var i = 0; i < files.Count; i++)
        {
            var size = new FileInfo(Path.Combine(laidOut, files[i].Path)).Length;
            if (size != files[i].Size)
            {
                throw new RefusalException(new Refusal(RefusalKind.Invalid, "wrong_size",
                    $"'{files[i].Path}' has {size} bytes, not {files[i].Size}.")
                { Field = $"files[{i}].size" });
            }
        }
    }

    internal async Task ThrowIfMissingAsync(IReadOnlyList<ManifestFile> files, CancellationToken cancellation)
    {
        var missing = new List<string>();
        foreach (var file in files.DistinctBy(file => file.Digest))
        {
            if (!await store.ExistsAsync(file.Digest, cancellation))
                missing.Add($"'{file.Path}' ({file.Digest})");
        }

        if (missing.Count > 0)
            throw new RefusalException(Missing(missing));
    }

    private static Refusal Missing(List<string> missing) => new(RefusalKind.Conflict, "artifacts_missing",
        $"{missing.Count} of the files were not uploaded: {string.Join(", ", missing.Take(NamedMissing))}"
        + $"{(missing.Count > NamedMissing ? ", …" : "")}. Send them with PUT /api/v1/artifacts and register again.")
    {
        Field = "files",
    };

    private static ImmutableArray<ManifestFile> Files(RegisterVersionRequest request)
    {
        var files = ImmutableArray.CreateBuilder<ManifestFile>(request.Files.Count);
        for (var i = 0; i < request.Files.Count; i++)
        {
            if (request.Files[i] is not { Path: not null } file || !Sha256Digest.TryParse(file.Digest, out var digest))
            {
                throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_digest",
                    "A digest is the SHA-256 of the file's bytes, 64 hexadecimal digits.")
                { Field = $"files[{i}].digest" });
            }

            files.Add(new ManifestFile(file.Path, file.Size, digest));
        }

        return files.MoveToImmutable();
    }

    private static void Check(RegisterVersionRequest request) => TextRules.ThrowIfAny([
        TextRules.WhyNot("description", request.Description, TextRules.MaxDescription),
        TextRules.WhyNot("lineage.codeCommit", request.Lineage?.CodeCommit, TextRules.MaxTagValue),
        TextRules.WhyNot("lineage.run", request.Lineage?.Run, TextRules.MaxTagValue),
        .. TextRules.WhyNotTags("tags", request.Tags),
        .. TextRules.WhyNotTags("metrics", request.Metrics),
        .. TextRules.WhyNotTags("parameters", request.Parameters),
        .. TextRules.WhyNotTags("lineage.datasets", request.Lineage?.Datasets),
        .. LineageCapture.WhyNot(request.Lineage),
        request.Lineage?.Registered.Count > 0
            ? new Refusal(RefusalKind.Invalid, "invalid_dataset",
                "What is registered of data is written by the server; name it in 'datasets', as NAME/VERSION.")
            { Field = "lineage.registered" }
            : null,
    ]);

    private void Remove(string laidOut)
    {
        try
        {
            Directory.Delete(laidOut, recursive: true);
        }
        catch (Exception left) when (left is IOException or UnauthorizedAccessException)
        {
            log.ProbeFolderLeft(left.Message);
        }
    }
}
