using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Lineage;

/// <summary>Tells where something came from and where it went.</summary>
internal static class LineageVerb
{
    public static Command Create(Terminal terminal)
    {
        var subject = new Argument<string>("subject")
        {
            Description = "A prediction id, a version as MODEL/N, a digest, a run, a commit, or a file; "
                + "write dataset:NAME/N for a registered dataset",
        };
        var command = new Command("lineage", "Tell where something came from and where it went")
        {
            subject, LineageExport.Create(terminal),
        };
        return command.Runs(terminal, async (call, cancellation) =>
        {
            var question = await LineageSubject.ReadAsync(call.Value(subject), cancellation);
            var found = await call.Client.GetLineageAsync(question, cancellation);
            call.Write(found, to => Show(found, to));
        });
    }

    private static void Show(LineageInfo found, Terminal to)
    {
        if (found.Prediction is { } prediction)
        {
            new Facts()
                .Add("prediction", prediction.Id)
                .Add("at", prediction.At)
                .Add("endpoint", $"{prediction.Endpoint}, generation {prediction.Generation}")
                .Add("arm", prediction.Arm)
                .Add("rollout", prediction.Rollout is { } rollout ? $"{rollout}, step {prediction.Step}" : null)
                .Add("answered by", prediction.Version ?? prediction.Answer)
                .Write(to);
            to.Out.WriteLine();
        }

        foreach (var version in found.Versions)
            Show(version, to);
        if (found.Versions.Count == 0)
            to.Out.WriteLine("No version is known of it.");
        if (found.More)
            to.Error.WriteLine("There are more versions than these.");
        if (found.Hidden > 0)
            to.Error.WriteLine($"{found.Hidden} further versions are of models that this key may not see.");
    }

    private static void Show(LineageVersion found, Terminal to)
    {
        var (version, lineage) = (found.Version, found.Version.Lineage);
        new Facts()
            .Add("version", $"{version.Model}/{version.Number}")
            .Add("found by", found.Via)
            .Add("deleted", found.DeletedAt)
            .Add("aliases", string.Join(", ", found.Aliases))
            .Add("registered", version.CreatedAt)
            .Add("by", version.CreatedBy)
            .Add("run", lineage.Run)
            .Add("data", string.Join(", ", lineage.Registered
                .Select(data => $"{data.Name}/{data.Version} {data.Digest} ({data.Role})")
                .Concat(lineage.Inputs.Select(data => $"{data.Name} {data.Digest}"))
                .Concat(lineage.Datasets.Select(data => $"{data.Key} {data.Value}"))))
            .Add("repository", lineage.Code?.Repository)
            .Add("commit", lineage.CodeCommit)
            .Add("changes", lineage.Code is { DiffBytes: > 0 } code
                ? $"{ByteText.Format(code.DiffBytes)}, sha256 {code.DiffDigest}"
                : null)
            .Add("environment", EnvironmentText(lineage.Environment))
            .Add("continues", lineage.Parent is { } parent ? $"{version.Model}/{parent}" : null)
            .Add("signed by", string.Join(", ", found.SignedBy))
            .Write(to);
        to.Out.WriteLine();
        var files = new Listing("file", "size", "sha256");
        foreach (var file in version.Files)
            files.Add(file.Path, ByteText.Format(file.Size), file.Digest);
        files.Write(to);
        to.Out.WriteLine();
        if (found.Periods.Count == 0)
            return;
        var periods = new Listing("endpoint", "arm", "role", "from", "until", "generations", "begun by");
        foreach (var period in found.Periods)
        {
            periods.Add(period.Endpoint, period.Arm, period.Role, period.From, (object?)period.Until ?? "now",
                $"{period.FromGeneration} to {(object?)(period.UntilGeneration - 1) ?? "now"}", period.FromWho);
        }

        periods.Write(to);
        to.Out.WriteLine();
    }

    private static string? EnvironmentText(EnvironmentLineage? environment) => environment is null
        ? null
        : string.Join(", ", new[]
        {
            environment.Container,
            environment.Python is null ? null : $"python {environment.Python}",
            environment.Packages.Count == 0 ? null : $"{environment.Packages.Count} packages of {environment.Source}",
        }.OfType<string>());
}
