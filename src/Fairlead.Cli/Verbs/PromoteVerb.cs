using System.CommandLine;
using Fairlead.Cli.Promoting;
using Fairlead.Cli.Shell;
using Fairlead.Cli.Verbs.Promotions;
using Fairlead.Client;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs;

/// <summary>Asks for a version to be promoted, or shows every check of it.</summary>
internal static class PromoteVerb
{
    private const string ToKeyVariable = "FAIRLEAD_TO_KEY";

    public static Command Create(Terminal terminal)
    {
        var what = new Argument<VersionReference>("model")
        {
            Description = "The model with the alias to move, as credit@champion; with --to the version",
            HelpName = "model[@alias|/n]",
            CustomParser = result =>
            {
                if (VersionReference.TryParse(result.Tokens[0].Value, out var reference))
                    return reference;
                result.AddError($"'{result.Tokens[0].Value}' is no model: write NAME@champion, or NAME/3 with --to.");
                return default;
            },
        };
        var version = new Option<int?>("--version")
        {
            Description = "The version to promote [default: the newest]",
            HelpName = "n",
        };
        var stage = Options.Of<string?>("--stage", "stage", "The stage to move to, such as Production, for an alias");
        var dryRun = new Option<bool>("--dry-run") { Description = "Only make the checks, and show their figures" };
        var to = Options.Of<string?>("--to", "url", "Carry the version to another server instead");
        var toKey = Options.Of<string?>("--to-key", "key", $"The key there [default: ${ToKeyVariable}]");
        var reason = Options.Reason();
        return new Command("promote", "Move an alias to a version, by the checks and approvals of the model's policy")
        { what, version, stage, dryRun, to, toKey, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var reference = call.Value(what);
                if (call.Value(to) is { } address)
                {
                    var there = call.ConnectTo(address, call.Value(toKey) ?? terminal.Environment(ToKeyVariable));
                    var wanted = call.Value(version) is { } n && reference.IsModel ? reference with { Number = n }
                        : reference;
                    return await CarryAsync(call, wanted, address, there, call.Value(dryRun), call.Value(reason),
                        cancellation);
                }

                if (reference.Number is not null)
                    throw CliException.Usage("name the alias, as credit@champion, and the version with --version.");
                if (reference.Alias is null == call.Value(stage) is null)
                    throw CliException.Usage("name either an alias, as credit@champion, or a --stage.");
                var number = call.Value(version)
                    ?? await new VersionReference(reference.Model, null, null).ResolveAsync(call.Client, cancellation);
                var promotion = await call.Client.PromoteAsync(new PromotionRequest
                {
                    Model = reference.Model,
                    Version = number,
                    Alias = reference.Alias,
                    Stage = call.Value(stage),
                    Reason = call.Value(reason),
                }, call.Value(dryRun), cancellation);
                call.Write(promotion, to => PromotionText.Show(promotion, to));
                return promotion.Status == "failed" ? ExitCodes.Refused : ExitCodes.Ok;
            });
    }

    private static async Task<int> CarryAsync(
        Call call, VersionReference reference, string address, FairleadClient there, bool dryRun, string? reason,
        CancellationToken cancellation)
    {
        var number = await reference.ResolveAsync(call.Client, cancellation);
        var version = await call.Client.GetCarriedVersionAsync(reference.Model, number, cancellation);
        await Carriage.MeetAsync(there, address, cancellation);
        var name = $"{version.Model}/{version.Number}";
        if (dryRun)
        {
            call.Write(version, to => to.Out.WriteLine(Listing.Cell(
                $"{name} would be carried to {address}: {version.Files.Count} files, digest {version.Digest}, with "
                + (version.Evidence.Count == 0 ? "no evidence" : string.Join(", ", version.Evidence.Keys)))));
            return ExitCodes.Ok;
        }

        var arrived = await Carriage.RunAsync(
            call.Client, there, version, call.Server, reason, call.Terminal, cancellation);
        call.Write(arrived, to => to.Out.WriteLine(Listing.Cell(arrived.WasKnown
            ? $"{name} is {arrived.Model}/{arrived.Number} at {address} already; nothing was done."
            : $"{name} is {arrived.Model}/{arrived.Number} at {address} now, with the digest {arrived.Digest}.")));
        return ExitCodes.Ok;
    }
}
