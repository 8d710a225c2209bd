using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>Rollouts: moving live traffic to a new version step by step.</summary>
internal static class RolloutsVerb
{
    public static Command Create(Terminal terminal) => new("rollouts", "Move traffic to new versions step by step")
    {
        RolloutsStart.Create(terminal),
        RolloutsPlan.Create(terminal),
        RolloutsList.Create(terminal),
        RolloutsShow.Create(terminal),
        RolloutsDisagreements.Create(terminal),
        RolloutsPause.Create(terminal),
        RolloutsResume.Create(terminal),
        RolloutsApprove.Create(terminal),
        RolloutsProposals.Create(terminal),
        RolloutsDecline.Create(terminal),
        RolloutsSkip.Create(terminal),
        RolloutsPromote.Create(terminal),
        RolloutsAbort.Create(terminal),
        RolloutsEdit.Create(terminal),
    };

    /// <summary>The number of a rollout, as every verb but <c>start</c> and <c>plan</c> takes it.</summary>
    public static Argument<long> Id() => new("id") { Description = "The rollout's number" };

    /// <summary>A reason that the server insists on.</summary>
    public static Option<string> NeededReason() => new("--reason")
    {
        Description = "Why, for the audit log",
        HelpName = "text",
        Required = true,
    };
}
