namespace Fairlead.Cli;

/// <summary>What the program's exit status tells a script. The numbers are part of the public interface.</summary>
public static class ExitCodes
{
    /// <summary>Everything that was asked for was done.</summary>
    public const int Ok = 0;

    /// <summary>The server understood and refused, or failed: nothing was changed.</summary>
    public const int Refused = 1;

    /// <summary>The command line, or a file that it names, is wrong; the server was not asked.</summary>
    public const int Usage = 2;

    /// <summary>The named model, version, endpoint or key does not exist.</summary>
    public const int NotFound = 3;

    /// <summary>The thing is in a state that forbids the change: it moved meanwhile, or is in use.</summary>
    public const int Conflict = 4;

    /// <summary>The key is missing, unknown or expired, or its role does not allow this.</summary>
    public const int NotAllowed = 5;

    /// <summary>No server answers at the address.</summary>
    public const int Unreachable = 6;

    /// <summary>A part was done before the rest failed; the message says which.</summary>
    public const int PartlyDone = 7;

    /// <summary>The rollout that was watched went back to the version before.</summary>
    public const int RolledBack = 8;

    /// <summary>A fault of this program; please report it.</summary>
    public const int Fault = 70;

    /// <summary>Stopped by Ctrl-C.</summary>
    public const int Interrupted = 130;
}
