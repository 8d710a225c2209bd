using Fairlead.Client;
using Fairlead.Client.Api;

namespace Fairlead.Web.Rollouts;

/// <summary>Something that can be done to a rollout.</summary>
/// <param name="Name">As the button says it.</param>
/// <param name="Look">How the button looks.</param>
/// <param name="Consequence">What will happen.</param>
/// <param name="AsksReason">The API demands a reason.</param>
/// <param name="Do">Does it.</param>
public sealed record RolloutCommand(
    string Name, string Look, string Consequence, bool AsksReason,
    Func<FairleadClient, RolloutInfo, string?, Task<RolloutInfo>> Do);

/// <summary>What can be done to a rollout as it stands; the API decides again when it is done.</summary>
public static class Commands
{
    /// <summary>In the order of the buttons; nothing for a rollout that is over.</summary>
    public static IReadOnlyList<RolloutCommand> Of(RolloutInfo rollout)
    {
        if (rollout.EndedAt is not null || rollout.Phase == "keeping warm")
            return [];
        List<RolloutCommand> commands = [];
        if (WaitsForPeople(rollout))
        {
            commands.Add(Approve);
            if (rollout.Proposal is { Status: "open" })
                commands.Add(Decline);
        }

        commands.Add(rollout.Phase == "paused" ? Resume : Pause);
        if (rollout.Phase != "baking")
            commands.Add(Promote);
        commands.Add(Abort);
        return commands;
    }

    private static RolloutCommand Approve { get; } = new(
        "Approve", "primary", "Your approval counts for the version that is shown here, and for no other.", false,
        (client, rollout, reason) => client.ApproveRolloutAsync(rollout.Id, reason, DigestOf(rollout)));

    private static RolloutCommand Decline { get; } = new(
        "Decline", "danger", "The winner is given up, and the endpoint goes back to stable.", true,
        (client, rollout, reason) => client.DeclineRolloutAsync(rollout.Id, reason!, DigestOf(rollout)));

    private static RolloutCommand Pause { get; } = new(
        "Pause", "", "Steps wait and traffic stays as it is; guards stay armed.", false,
        (client, rollout, reason) => client.PauseRolloutAsync(rollout.Id, reason));

    private static RolloutCommand Resume { get; } = new(
        "Resume", "primary", "The rollout goes on from the step at which it stands.", false,
        (client, rollout, reason) => client.ResumeRolloutAsync(rollout.Id, reason));

    private static RolloutCommand Promote { get; } = new(
        "Promote", "", "Everything goes to the candidate, and the checks to come are left undone; guards stay armed.",
        true, (client, rollout, reason) => client.PromoteRolloutAsync(rollout.Id, reason!));

    private static RolloutCommand Abort { get; } = new(
        "Abort", "danger", "The endpoint goes back to stable at once.", false,
        (client, rollout, reason) => client.AbortRolloutAsync(rollout.Id, reason));

    private static bool WaitsForPeople(RolloutInfo rollout) =>
        rollout.Proposal is { Status: "open" }
        || rollout.Plan?.Steps.FirstOrDefault(step => step.State == "current")?.Text
            .Contains("approv", StringComparison.OrdinalIgnoreCase) == true;

    private static string? DigestOf(RolloutInfo rollout) => rollout.Proposal?.Digest is { Length: > 0 } digest
        ? digest
        : rollout.Plan?.Candidates.Where(candidate => candidate.DroppedBecause is null).ToList() is [var only]
            ? only.Digest
            : null;
}
