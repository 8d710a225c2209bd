using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Cli.Verbs.Promotions;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs;

/// <summary>Asks for a version to be promoted, or shows every check of it.</summary>
internal static class PromoteVerb
{
    public static Command Create(Terminal terminal)
    {
        var what = new Argument<VersionReference>("model")
        {
            Description = "The model with the alias to move, as credit@champion",
            HelpName = "model[@alias]",
            CustomParser = result =>
            {
                if (VersionReference.TryParse(result.Tokens[0].Value, out var reference) && reference.Number is null)
                    return reference;
                result.AddError($"'{result.Tokens[0].Value}' is no model with an alias: write NAME@champion.");
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
        var reason = Options.Reason();
        return new Command("promote", "Move an alias to a version, by the checks and approvals of the model's policy")
        { what, version, stage, dryRun, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var reference = call.Value(what);
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
}
