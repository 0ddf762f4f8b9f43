/* swap.pml: a model of the swap protocol (docs/protocol.md) for the model checker spin. See README.md beside this file.
 *
 * Without flags the model is the protocol. A setting (-DNAME=VALUE) chooses what happens around it. A flag (-DNAME) removes one
 * rule or puts a wrong one in its place; the checker then has to find a violation.
 *
 * Tokens. A refresh token is a number, 4*login+generation; the answer to a request with t is t+1. Login 0 is account A, login 1
 * is account B, login 2 belongs to account EXO: 0 is A logged in a second time, 1 is B's login under A's email, 2 is a third
 * account C. Of two tokens of one account the later has the larger number; this is what the two expiry times show in reality.
 *
 * What is checked:
 *   - no login is ended by presenting a used token              "a login dies by reuse"
 *   - the newest token of each usable login is stored           "a good login (N) is kept nowhere"
 *   - the token to be used next is usable, or marked unsure     "a spent token is in use and called good"
 *   - no account has the login of another one                   "two accounts mixed up"
 *   - the live file is complete, with its siblings              "live file torn or its siblings lost"
 *   - oauthAccount names the live account in the end            "oauthAccount names another account for good"
 *   - no lock is left                                           "a lock is left"
 *   - automatic swaps                                           "two automatic swaps", "swapped away from an account ..."
 *   - no process is blocked for ever                            "invalid end state", reported by spin itself
 *
 * Abstractions. The vault write of open is one step. .claude.json.lock, the store lock, the lock registry, waiting times and the
 * revocation of a login are not in the model. The profile is asked in the middle of open; in reality before any lock is taken.
 * There is one slot for an unidentified login. Removal of an account is a start state, not an operation. What cannot be prevented
 * is excluded (a pool writer's refresh is one step) or excused (exc).
 *
 * Flags, with the rule of docs/protocol.md that each removes:
 *
 *   flag          rule   without it
 *   KEYID         V4     the unidentified login has its own list of spent tokens
 *   NOIDCMP       O1,V5  the identity in an answer is not compared: it stays with the account that asked
 *   KEEPOWN       O1     an answer that names another account goes to set-aside if that account has a usable login
 *   ANSOVER       O1     an answer whose token no account has replaces what the account has
 *   UNIDDROP      O1     an answer for an unidentified login is dropped
 *   ADOPTOVER     O2,P2  an unproved pool login replaces the one of the account whose key it has
 *   DASIDE        O2     an unproved pool login goes to set-aside and counts as spent
 *   NOEARLIER     O2     an unproved pool login earlier than the account's is not marked unsure, and blocks the account
 *   NORIVAL       O2,S2  an account is used although an unidentified login may be its successor
 *   ENSURE        O2     an account added from the live file takes over the unidentified login under its key
 *   OLDLIVE       V6,O3  the live login is saved though the vault has a later one
 *   NOASIDEOLD    V6,O3  the earlier live login is not moved to set-aside
 *   NOULIVE       O3     an unidentified login that was live is not marked unsure
 *   RMLIVE        O3,X3  the live login of a removed account is replaced without set-aside
 *   ALIGNALL      O5     pool entries with an unknown token are overwritten
 *   RMPOOL        O5,X3  the pool entry of a removed account is deleted
 *   NOREPAIR      O6,V5  the live file is not repaired from the vault
 *   REPNOPOOL     O6,L8  that repair does not check the pool
 *   NORES         J1     no room is made for the answer before the request
 *   NOSTAGE       J1     no temp file beside the live file before the request
 *   NOMARK        J2,J4  the journal entry does not mark the token as presented
 *   LOGINWAIT     J3,N1  the answer of a login stays in memory while a lock is waited for
 *   NOJ           J3,N1  there is no journal: a crash loses the answer
 *   DISCARD       J5     a failed vault write discards the journal
 *   DOCDISC       J5,D1  the doctor discards the journal
 *   RMEMPTY       J4,J5  open removes entries without an answer
 *   UNPGO         P5     operations continue with an unproved live login
 *   ASIDELAST     P6     --set-aside marks only the last active account
 *   NOACCT        L1     no account lock
 *   NOGD          L2     no client.lock
 *   NOFENCE       L8     no check before a request or a replacement
 *   INNERFENCE    L8     the check leaves out .storage-write.lock
 *   NOPOOLFENCE   L8     the check leaves out the pool
 *   NORIVALFENCE  L8     the check leaves out an unidentified login that may be the successor
 *   NOREPFENCE    L8,R6  no check before the repeat of a request
 *   NORETRY       W2     a failed write of the live file is not tried again
 *   NOLOOK        W3     it is not determined whether the live file can be written
 *   NOLOOKCFG     W3     the same for .claude.json
 *   NOCOPY        W4     the old bytes are not stored before a write in place
 *   SWUNSURE      S3     a swap refreshes an unsure account without the checks of the doctor
 *   NOFROM        A1     an automatic swap does not compare the account it leaves
 *   NOCOOL        A1     an automatic swap ignores the time of the last one
 *   NOCARRY       A1     both
 *   VAULTFIRST    R2     the refresh of the live account writes the vault before the live file
 *   NOASIDELOOK   D2     the doctor does not read set-aside
 *   LOOKONLY      D2     a login in set-aside whose owner is unknown does not stop the doctor
 *   NOKRLOOK      D2     the doctor does not read the keyring
 */
#ifndef NBATON
#define NBATON 2   /* concurrent Baton processes, one operation each */
#endif
#ifndef CRASH
#define CRASH 0    /* how often a Baton ends, at any durable step; it starts again as another process */
#endif
#ifndef SUSP
#define SUSP 0     /* how often a Baton is suspended: its directory locks look stale to others, its OS locks stay */
#endif
#ifndef LOST
#define LOST 0     /* how many answers are lost; the provider may or may not have replaced the token */
#endif
#ifndef WF
#define WF 0       /* how many writes, fsyncs or renames fail */
#endif
#ifndef OFFL
#define OFFL 0     /* how often the profile endpoint proves nothing: offline, or the access token has expired */
#endif
#ifndef OPS
#define OPS 3      /* operations to choose from, a sum: 1 swap, 2 refresh, 4 doctor, 8 login, 16 automatic swap, 32 swap --set-aside */
#endif
#ifndef CNR
#define CNR 0      /* refreshes by a new client: both refresh locks and .storage-write.lock */
#endif
#ifndef COR
#define COR 0      /* refreshes by an old client: one refresh lock */
#endif
#ifndef CMCP
#define CMCP 0     /* 1: the client rewrites the siblings under .storage-write.lock only: read, modify, write */
#endif
#ifndef CLG
#define CLG 0      /* 1: /login as A inside the client, under .storage-write.lock only */
#endif
#ifndef FSW
#define FSW 0      /* 1: another switcher: takes both refresh locks, changes the login and not oauthAccount */
#endif
#ifndef HUSK
#define HUSK 0     /* what a pool writer without locks may do, a sum: 1 refreshes, 2 writes back what it read before, 4 logs in (login 2),
                      8 copies A's entry to another key */
#endif
#ifndef UNREP
#define UNREP 0    /* 1: the live file can be renamed over, only written in place, or neither; .claude.json can be written or not */
#endif
#ifndef FULLD
#define FULLD 0    /* 1: the disk becomes full at any time and has room again at the end */
#endif
#ifndef STRICT
#define STRICT 0   /* 1: the earlier login of an account, put back by a person, must be kept too */
#endif
#ifndef EXO
#define EXO 0      /* account of login 2: 0 A again, 1 B's login under A's email, 2 a third account C */
#endif
#ifndef INIT
#define INIT 0     /* start state, see `init` at the end */
#endif
#ifndef BACKUP
#define BACKUP 0   /* 1: the vault is restored from a backup between two operations; there are keyring copies */
#endif
#ifndef HONEST
#define HONEST 0   /* 1: at the end an account with a lost answer must be marked unsure too */
#endif
#ifndef SWUNS
#define SWUNS 0    /* what a swap to an unsure account does: 0 stops, 1 makes the checks of the doctor, then refreshes it */
#endif
#ifndef DL
#define DL 0       /* 1: the live file has refreshTokenExpiresAt, which proves the account of a known login */
#endif
#ifndef LAP
#define LAP 0      /* 1: access tokens in the pool have expired, so its logins cannot be proved */
#endif
/* Processes that have to end before the last check. */
#define NPROC (NBATON+(CNR>0)+(COR>0)+(CMCP>0)+(HUSK>0)+(BACKUP>0)+(CLG>0)+(FSW>0))
/* Values that are no token: a torn file, a tombstone or refusal, nothing. */
#define TORN 13
#define TOMB 14
#define NONE 15
#define U 2        /* the vault slot of the unidentified login, or of account C */
#define LOGIN(t) ((t)/4)
#define GEN(t) ((t)%4)
#define OWN(t) ((t)<4 -> 0 : ((t)<8 -> 1 : EXO))
#define BIT(t) (1<<(t))
/* The client's locks: .oauth_refresh.lock, <S>.lock, .storage-write.lock. */
#define REF 0
#define SL 1
#define SW 2

/* Provider. Per login: cur is its newest generation; dead, it was ended by reuse; exc, its loss cannot be prevented
 * (docs/protocol.md, last section); gap, a Baton stopped between answer and live file, so a client may present the old token;
 * sup, a later login of the same account exists. iss2: login 2 was issued. */
byte cur[3]; bool dead[3], exc[3], gap[3], iss2, sup[3];
/* The client's files. live: token of the live file; oauth: account in .claude.json; sib: the siblings are there;
 * copy, cptok: the old bytes of a write in place are stored, and the token in them. lmode: 0 the live file can be renamed
 * over, 1 only written in place, 2 neither. cfgbad: .claude.json cannot be written. nospace: the disk is full. */
byte live=0, oauth=0, cptok=NONE; bool sib=1, copy;
byte lmode=0; bool cfgbad, nospace;
/* Baton's files. Index 0 is account A, 1 is B, U is the unidentified login. ukey: the account under whose key the
 * unidentified login was found and whose successor it may be; idu: slot U has an identity; activ: last active account;
 * rm: removed; doubt: unsure for another reason than a request without an answer.
 * Sets of tokens, one bit each: spent; aside, in set-aside; jr, the journal has an entry for it, so it was presented or is
 * about to be; ja, that entry has the answer. jx=2: the journal has the answer to the exchange. */
byte vault[3], pool[3], ukey=NONE, activ=0; bool idu, rm[2], doubt[3];
short spent=0, aside=0, jr=0, ja=0; byte jx=0;
#ifdef KEYID
short spentU=0;    /* the unidentified login has a list of spent tokens of its own */
#define SPT(s,t) ((((s)==U) -> (spentU&BIT(t)) : (spent&BIT(t)))!=0)
#define MARK(s,t) if :: (s)==U -> spentU=spentU|BIT(t) :: else -> spent=spent|BIT(t) fi
#else
#define SPT(s,t) ((spent&BIT(t))!=0)
#define MARK(s,t) spent=spent|BIT(t)
#endif
/* kr: token in the keyring; krl: the account was live when it was pushed. nsw: automatic swaps; recent: one just happened. */
byte kr[2]; bool krl[2]; byte nsw=0; bool recent;
/* Holders of locks, 0 for none. ac: account locks; gd: client.lock; lk: the client's locks. gone: this process ended or
 * sleeps, so its directory locks look stale and may be broken. */
byte ac[3], gd=0, lk[3]; bool gone[14];
/* What may still happen. ndone: processes that have ended. */
byte crashes=CRASH, susps=SUSP, losts=LOST, wfs=WF, offl=OFFL, relogs=1, ndone=0;

/* inv: the vault has it. unsure: the account's token is not presented automatically. rival: the unidentified login may be
 * the account's later one. clear: the pool part of the check of rule L8. */
#define inv(t) (vault[0]==(t)||vault[1]==(t)||vault[2]==(t))
#define known(t) (inv(t) || ((spent|aside)&BIT(t))!=0)
#define unsure(x) (vault[x]<12 && ((jr&BIT(vault[x]))!=0 || doubt[x]))
#define rival(x) ((x)<2 && ukey==(x) && vault[U]<12)
#ifdef NOPOOLFENCE
#define poolok(x) true
#else
#define poolok(x) (pool[x]>=12 || known(pool[x]))
#endif
#ifdef NORIVALFENCE
#define clear(x) poolok(x)
#else
#define clear(x) (poolok(x) && !rival(x))
#endif
/* CURT: the newest token of a login. KEPT: it is stored somewhere. ELIG: its loss is a violation. */
#define CURT(f) (4*(f)+cur[f])
#define KEPT(f) (live==CURT(f) || inv(CURT(f)) || pool[0]==CURT(f) || pool[1]==CURT(f) || pool[2]==CURT(f) || (aside&BIT(CURT(f)))!=0 || (cur[f]>0 && (ja&BIT(CURT(f)-1))!=0) || (f==2 && cur[2]==0 && jx==2) || (f<2 && kr[f]==CURT(f)))
#define ELIG(f) (!exc[f] && !dead[f] && (!sup[f] || STRICT) && ((f)!=2 || iss2))
#define FREE(i) (lk[i]==0 || gone[lk[i]])
inline drop(i)  { atomic { if :: lk[i]==me -> lk[i]=0 :: else fi } }
inline ctake(i) { atomic { FREE(i) -> lk[i]=me } }
/* Points where a Baton may end (CP) or sleep (SP). X: the answer is in memory only, its loss is excused. G: the live file still has
 * the presented token. FAIL: a write fails or succeeds. */
#define CP  if :: atomic { crashes>0 -> crashes--; printf("%d: CRASH\n",me) } ; goto crashed :: true fi
#define CPX(f) if :: atomic { crashes>0 -> crashes--; exc[f]=1; printf("%d: CRASH, answer not yet on disk\n",me) } ; goto crashed :: true fi
#define CPG(f) if :: atomic { crashes>0 -> crashes--; gap[f]=1; printf("%d: CRASH\n",me) } ; goto crashed :: true fi
#define SP  if :: atomic { susps>0 -> susps--; gone[me]=1; printf("%d: sleeps\n",me) } ; atomic { gone[me]=0; printf("%d: wakes\n",me) } :: true fi
#define SPG(f) if :: atomic { susps>0 -> susps--; gone[me]=1; gap[f]=1; printf("%d: sleeps\n",me) } ; gone[me]=0 :: true fi
#define FAIL if :: atomic { wfs>0 -> wfs--; printf("%d: WRITE FAILS\n",me) } ; ok=0 :: ok=1 fi

#define CHECK(c,name) if :: !(c) -> printf(name); assert(false) :: else fi
/* REACH=k: report step k as an error, to see that a run reaches it. */
#ifdef REACH
#define R(k) if :: REACH==k -> printf("REACHED\n"); assert(false) :: else fi
#else
#define R(k) skip
#endif
/* The token endpoint. rep: the new token, TOMB if refused, NONE if the answer is lost. cl: the caller is a client. */
inline server(t,rep,cl) { atomic {
   if :: dead[LOGIN(t)] -> rep=TOMB
   :: else -> if
      :: GEN(t)==cur[LOGIN(t)] ->
           if :: losts>0 -> losts--; rep=NONE; if :: exc[LOGIN(t)]=1; cur[LOGIN(t)]++ :: true fi; printf("%d presents %d: ANSWER LOST\n",me,t)
              :: cur[LOGIN(t)]++; rep=t+1; printf("%d presents %d, gets %d\n",me,t,rep) fi
      :: else -> printf("%d presents %d: KILLS login %d\n",me,t,LOGIN(t));
         if :: cl && gap[LOGIN(t)] -> exc[LOGIN(t)]=1 :: else fi;
         CHECK(exc[LOGIN(t)] || (sup[LOGIN(t)] && !KEPT(LOGIN(t))),"VIOLATION: a login dies by reuse\n"); dead[LOGIN(t)]=1; rep=TOMB fi
   fi } }

/* ---- Open, first part: everything that goes into the vault, in one atomic fsynced write (rules O1 to O3) ---- */
inline supersede(x) { if :: vault[x]<12 -> MARK(x,vault[x]) :: else fi }
inline newer(x,w) { if :: vault[x]<12 -> MARK(x,vault[x]); if :: LOGIN(vault[x])!=LOGIN(w) -> sup[LOGIN(vault[x])]=1 :: else fi :: else fi; vault[x]=w; doubt[x]=0 }   /* w is known to be the later token of x */
inline route(t) {          /* O1: the journal has the answer t+1 to a request with t */
   if :: vault[0]==t -> s=0 :: else -> if :: vault[1]==t -> s=1 :: else -> if :: vault[U]==t -> s=U :: else -> s=NONE fi fi fi;
   n=OWN(t);                               /* the account the answer names */
#ifdef NOIDCMP
   if :: s<2 -> n=s :: s==U && ukey!=NONE -> n=ukey :: else fi;
#endif
#ifdef UNIDDROP
   if :: s==U && !idu -> ja=ja&~BIT(t); s=4 :: else fi;
#endif
   if
   :: s==4 -> skip
#ifdef ANSOVER
   :: s==NONE -> supersede(n); vault[n]=t+1
#else
   :: s==NONE -> spent=spent|BIT(t+1); if :: n<2 && rm[n] -> aside=aside|BIT(t+1) :: else fi    /* no account has t: a newer login arrived */
#endif
   :: s==n -> MARK(s,t); vault[s]=t+1; doubt[s]=0; if :: s==U -> idu=1 :: else fi
   :: else -> MARK(s,t);
        if :: n<2 && rm[n] -> aside=aside|BIT(t+1) 
           :: else ->
#ifdef KEEPOWN
              if :: vault[n]<12 && !unsure(n) -> aside=aside|BIT(t+1); spent=spent|BIT(t+1) :: else -> newer(n,t+1) fi
#else
              newer(n,t+1)
#endif
        fi;
        vault[s]=NONE; if :: s==U -> R(5); ukey=NONE :: else -> R(6) fi    /* the account that asked needs a login */
   fi; printf("%d: answer %d taken over, slot %d -> account %d\n",me,t+1,s,n); n=NONE; s=NONE }
inline prove(t,x) {        /* P1: x is the account of an unknown token, NONE if unproved */
   if :: DL && vault[0]<12 && LOGIN(vault[0])==LOGIN(t) -> x=0          /* by the deadline */
      :: DL && vault[1]<12 && LOGIN(vault[1])==LOGIN(t) -> x=1
      :: else -> if :: offl>0 -> offl--; x=NONE :: x=OWN(t) fi fi }
inline takepool(k) {       /* O2: the pool entry under key k */
   t=pool[k];
   if
#ifdef KEYID
   :: k==U && t<12 && vault[U]==NONE && !SPT(U,t) -> vault[U]=t; ukey=NONE; idu=0; printf("%d: adopts %d under key %d\n",me,t,k)
   :: t<12 && !(k==U && vault[U]==NONE && !SPT(U,t)) && !known(t) && t!=live && !(k<2 && rm[k]) ->
#else
   :: t<12 && !known(t) && t!=live && !(k<2 && rm[k]) ->
#endif
        if :: LAP -> n=NONE :: else -> prove(t,n) fi;
        if
        :: n!=NONE && n<2 && rm[n] -> if :: k<2 -> aside=aside|BIT(t); spent=spent|BIT(t) :: else fi     /* of a removed account, under the key of another */
        :: n!=NONE && !(n<2 && rm[n]) -> if :: vault[n]>=12 || t>vault[n] -> newer(n,t); if :: n==U -> idu=1 :: else fi; printf("%d: pool's %d adopted for %d\n",me,t,n) :: else -> spent=spent|BIT(t) fi
        :: n==NONE ->
#ifdef ADOPTOVER
             if :: k<2 -> supersede(k); vault[k]=t :: else -> if :: vault[U]==NONE -> vault[U]=t; idu=0 :: else fi fi
#else
#ifdef DASIDE
             if :: k<2 && vault[k]<12 -> aside=aside|BIT(t); spent=spent|BIT(t) :: else -> if :: vault[U]==NONE -> vault[U]=t; idu=0; ukey=NONE :: else fi fi
#else
             if :: vault[U]==NONE || (!idu && ukey==k && t>vault[U]) -> supersede(U); vault[U]=t; idu=0; doubt[U]=0; ukey=NONE;
#ifdef NOEARLIER
                    if :: k<2 && vault[k]<12 -> ukey=k :: else fi;
#else
                    if :: k<2 && vault[k]<12 && t>vault[k] -> ukey=k                 /* may be its successor: k is not used until it is identified */
                       :: k<2 && vault[k]<12 && t<vault[k] -> doubt[U]=1             /* may be its predecessor: unsure */
                       :: else fi;
#endif
                    printf("%d: pool's %d kept as unidentified beside %d\n",me,t,k)
                :: else fi
#endif
#endif
        fi
   :: else fi }
inline openV() { atomic {  /* r: token of the live file, from the stored old bytes if it is torn; p: its account */
   lv=live; r=(lv==TORN && copy -> cptok : lv); p=NONE; t=0;
   do :: t<11 -> if :: (ja&BIT(t))!=0 && !known(t+1) -> route(t) :: else fi; t++ :: else -> break od;
   if :: jx==2 && !known(8) -> newer(EXO,8); printf("%d: login 8 taken over\n",me); if :: EXO==U -> idu=1 :: else fi :: else fi;
   takepool(0); takepool(1); takepool(2);
   if :: r>=12 -> p=NONE
      :: r<12 && vault[0]==r -> p=0
      :: r<12 && vault[0]!=r && vault[1]==r -> p=1
      :: r<12 && vault[0]!=r && vault[1]!=r && vault[U]==r -> p=U
      :: r<12 && !inv(r) && (spent&BIT(r))!=0 -> p=OWN(r)
      :: r<12 && !inv(r) && (spent&BIT(r))==0 -> prove(r,p)
   fi;
   if :: p!=NONE && !(p<2 && rm[p]) && r!=vault[p] && (spent&BIT(r))==0 ->
           if :: vault[p]>=12 -> vault[p]=r; printf("%d: live %d added\n",me,r);
#ifdef ENSURE
                 if :: p==0 && ukey==0 && !idu -> supersede(U); vault[U]=NONE; ukey=NONE :: else fi
#endif
              :: vault[p]<12 && r>vault[p] -> newer(p,r); printf("%d: live %d saved\n",me,r);
#ifndef NOULIVE
                 if :: p!=U && activ==U && vault[U]<12 && !idu -> doubt[U]=1 :: else fi     /* the unidentified login was live before: r may be its successor */
#endif

              :: vault[p]<12 && r<vault[p] ->
#ifdef OLDLIVE
                 supersede(p); vault[p]=r; printf("%d: live %d saved over a later one\n",me,r)
#else
#ifndef NOASIDEOLD
                 aside=aside|BIT(r);
#endif
                 spent=spent|BIT(r)
#endif
           fi
      :: else fi;
   if :: p!=NONE -> activ=p :: else fi;
   CHECK((vault[0]>=12 || OWN(vault[0])==0 || INIT==9) && (vault[1]>=12 || OWN(vault[1])==1),"VIOLATION: two accounts mixed up\n");
#if BACKUP
   if :: kr[0]!=vault[0] && vault[0]<12 && !unsure(0) -> kr[0]=vault[0]; krl[0]=(p==0) :: else fi;
   if :: kr[1]!=vault[1] && vault[1]<12 && !unsure(1) -> kr[1]=vault[1]; krl[1]=(p==1) :: else fi;
#endif
   t=0; n=NONE; s=NONE } }
/* ---- Open, second part: entries leave the journal (O4), the pool is brought in line (O5) ---- */
inline alignk(k) {
#ifdef RMPOOL
   if :: k<2 && rm[k] -> pool[k]=NONE :: else fi;
#endif
#ifdef ALIGNALL
   if :: k<2 && pool[k]<12 && vault[k]<12 -> pool[k]=vault[k] :: else fi;
#endif
   if :: pool[k]<12 && known(pool[k]) && pool[k]!=vault[k] -> pool[k]=(vault[k]<12 -> vault[k] : (k==U && vault[OWN(pool[k])]<12 -> vault[OWN(pool[k])] : NONE)) :: else fi }
inline openJ() { atomic { t=0;
   do :: t<11 -> if :: (ja&BIT(t))!=0 && known(t+1) -> ja=ja&~BIT(t); jr=jr&~BIT(t) :: else fi;
#ifdef RMEMPTY
      if :: (jr&~ja&BIT(t))!=0 -> jr=jr&~BIT(t) :: else fi;
#endif
      if :: (jr&~ja&BIT(t))!=0 && !inv(t) -> jr=jr&~BIT(t) :: else fi; t++ :: else -> break od; t=0;
   if :: jx==2 && known(8) -> jx=0 :: else fi;
   alignk(0); alignk(1); alignk(2) } }

#ifdef NOFENCE
#define LOCKED true
#else
#ifdef INNERFENCE
#define LOCKED (lk[REF]==me && lk[SL]==me)
#else
#define LOCKED (lk[REF]==me && lk[SL]==me && lk[SW]==me)
#endif
#endif
/* Replace the live file, which had w when it was read, by token tt, with the check of L8; x: the account whose pool entry is
 * checked. In place (lmode 1) it is two steps. */
inline repl(x,w,tt) {
   atomic { FREE(SW) -> lk[SW]=me }; CP; SP;
   FAIL;
   atomic { if
      :: ok && lmode<2 && LOCKED && live==w && (x==NONE || clear(x)) ->
#ifdef NOLOOK
           if :: lmode==1 -> ok=0 :: else -> live=tt fi
#else
           if :: lmode==1 -> live=TORN; sib=0;
#ifndef NOCOPY
                 copy=1; if :: w!=TORN -> cptok=w :: else fi
#endif
              :: else -> live=tt; if :: w==TORN && copy -> sib=1; copy=0 :: else fi fi
#endif
      :: else -> ok=0 fi };
   if :: ok && lmode==1 -> CP; atomic { live=tt; copy=0; cptok=NONE; sib=1 } :: else fi;
   atomic { if :: ok -> gap[0]=0; gap[1]=0; gap[2]=0; printf("%d: live=%d\n",me,live) :: else fi };
   CP; drop(SW) }
/* Release the client's locks and client.lock. */
inline rel() { atomic { if :: lk[SL]==me -> lk[SL]=0 :: else fi; if :: lk[REF]==me -> lk[REF]=0 :: else fi; if :: gd==me -> gd=0 :: else fi } }

/* A Baton with one operation. The last one only opens, after all others have ended, and then makes the checks. */
proctype BT(byte me; bool last) {
   byte op, to=NONE, from=NONE, s=NONE, p, r, lv, t, n=NONE; bool ok, force, done, ph;
   if :: last -> ndone==NPROC+FULLD; op=0; offl=0; wfs=0
      :: else ->
#if BACKUP
         (me!=2 || ndone>=2);
#endif
         if
         :: (OPS&1)  -> op=1;  if :: to=0 :: to=1 fi
         :: (OPS&2)  -> op=2;  if :: to=0 :: to=1
#if (INIT>=3 && INIT<=5) || (HUSK&12)
                                  :: to=U
#endif
                               fi
         :: (OPS&4)  -> op=4;  if :: to=0 :: to=1 fi
         :: (OPS&8)  -> op=8
         :: (OPS&16) -> op=16; atomic { live<12 -> from=OWN(live) }; if :: from!=0 -> to=0 :: from!=1 -> to=1 :: from!=U && vault[U]<12 -> to=U fi
         :: (OPS&32) -> op=32; if :: to=0 :: to=1 fi
         fi fi;
start:
#ifndef NOACCT
   if :: to!=NONE && op!=0 -> atomic { ac[to]==0 -> ac[to]=me } :: else fi;
#endif
   /* N1: the answer to the exchange goes to the journal under no lock */
   if :: op==8 ->
        if :: atomic { !nospace && relogs>0 -> relogs--; iss2=1; printf("%d: exchange gives 8\n",me) } :: else -> goto fin fi;
#ifdef LOGINWAIT
        if :: gd!=0 -> goto fin :: gd==0 -> skip fi; CP;
#else
        CPX(2);
#endif
        jx=2; CP
      :: else fi;
#ifdef DOCDISC
   if :: op==4 -> atomic { ja=0; jx=0 } :: else fi;
#endif
reopen:
#ifndef NOGD
   atomic { gd==0 -> gd=me };
#endif
   atomic { FREE(REF) && FREE(SL) -> lk[REF]=me; lk[SL]=me }; CP; SP;
again:
   atomic { FAIL; if :: !ok || nospace ->
#ifdef DISCARD
      if :: ja!=0 -> ja=0 :: else fi; if :: jx==2 -> jx=0 :: else fi;
#endif
      ok=0 :: else fi };
   if :: !ok -> goto out :: else fi;
   openV(); CP; openJ(); CP;
   if :: lv==TORN && r<12 -> R(9) :: else fi;
   if :: lv==TORN && r==TORN -> goto out :: else fi;
   /* O6: the live file is older than the vault, or torn */
   if :: p!=NONE && !(p<2 && rm[p]) && r<12 && (lv==TORN || (r!=vault[p] && (spent&BIT(r))!=0)) && vault[p]<12 && !(rival(p)) &&
#ifdef NOREPAIR
         false
#else
         true
#endif
         ->
         t=vault[p];
#ifdef REPNOPOOL
         repl(NONE,lv,t);
#else
         repl(p,lv,t);
#endif
         if :: !ok -> goto out :: else fi; lv=t; r=t; t=NONE
      :: else fi;
   if :: p!=NONE && p<2 && oauth!=p && !rm[p] -> if :: cfgbad :: else -> atomic { if :: lk[SL]==me && live==lv -> oauth=p :: else fi }; CP fi :: else fi;
   if :: done || op==0 || op==8 -> goto out :: else fi;
#ifndef UNPGO
   if :: p==NONE && r<12 && op!=32 -> goto out :: else fi;            /* P5 */
#endif
   if :: to<2 && rm[to] -> goto out :: else fi;
   if
   :: op==1 || op==16 || op==32 ->
        if :: p==NONE && r<12 -> atomic { aside=aside|BIT(r);
#ifdef ASIDELAST
            doubt[activ]=1;
#else
            if :: DL -> skip :: else -> if :: vault[0]<12 -> doubt[0]=1 :: else fi; if :: vault[1]<12 -> doubt[1]=1 :: else fi fi;
#endif
            printf("%d: %d set aside\n",me,r) }; CP :: else fi;
        if :: p==to -> goto out :: else fi;
#ifndef NOCARRY
#ifndef NOFROM
        if :: op==16 && p!=from -> goto out :: else fi;
#endif
#ifndef NOCOOL
        if :: op==16 && recent -> goto out :: else fi;
#endif
#endif
#ifndef NORIVAL
        if :: rival(to) && ph -> goto out :: rival(to) && !ph -> s=U; ph=1; goto refresh :: else fi;
#endif
#ifdef SWUNSURE
        if :: vault[to]<12 && unsure(to) && !ph -> s=to; ph=1; force=1; goto refresh :: else fi;
#endif
#if SWUNS
        if :: vault[to]<12 && unsure(to) && !ph -> ph=1; goto checks :: else fi;
#endif
        if :: vault[to]>=12 || unsure(to) -> goto out :: else fi;
        if :: !ph && cur[LOGIN(vault[to])]<3 -> s=to; ph=1; goto refresh :: true fi;   /* the access token may have too little time left */
        if :: !poolok(to) -> goto out :: else fi;
#ifndef NOLOOK
        if :: lmode==2 -> goto out :: else fi;
#endif
#ifndef NOLOOKCFG
        if :: cfgbad -> goto out :: else fi;
#endif
#ifndef RMLIVE
        if :: p!=NONE && p<2 && rm[p] && r<12 -> R(10); aside=aside|BIT(r); CP :: else fi;
#endif
        t=vault[to]; repl(to,lv,t);
        if :: !ok -> goto out :: else fi;
        if :: lmode==1 -> R(1) :: else -> R(2) fi;
        atomic { activ=to; if :: op==16 -> CHECK(p==from,"VIOLATION: swapped away from an account that was not at its limit\n") :: else fi; if :: op==16 -> nsw++; recent=1; CHECK(nsw<2,"VIOLATION: two automatic swaps\n") :: else fi }; SP;
        if :: cfgbad :: else -> atomic { if :: lk[SL]==me && lk[REF]==me && to<2 -> oauth=to :: else fi } fi;
        goto out
   :: op==2 ->
        s=to; 
#ifndef NORIVAL
        if :: rival(to) -> s=U :: else fi;
#endif
        goto refresh
   :: op==4 ->                                                        /* doctor --fix: D2 */
        if :: !unsure(to) -> goto out :: else fi;
#if SWUNS
checks:
#endif
#ifndef NOASIDELOOK
        atomic { t=11;
          do :: t>0 && !((aside&BIT(t))!=0 && (spent&BIT(t))==0) -> t-- :: else -> break od;
          if :: t==0 -> skip
             :: else -> prove(t,n);                                   /* the profile, if the access token is valid */
                if :: n==to && t>vault[to] -> supersede(to); vault[to]=t; doubt[to]=0; R(3); printf("%d: %d back from set-aside\n",me,t)
                   :: n!=NONE && !(n==to && t>vault[to]) -> skip
#ifdef LOOKONLY
                   :: n==NONE -> skip
#else
                   :: n==NONE -> n=TOMB                               /* owner unknown: present nothing */
#endif
                fi fi; t=NONE };
        if :: n==TOMB -> n=NONE; goto out :: else -> n=NONE fi;
#endif
#ifndef NOKRLOOK
        atomic { if :: unsure(to) && kr[to]<12 && !krl[to] && (spent&BIT(kr[to]))==0 && kr[to]>vault[to] -> supersede(to); vault[to]=kr[to]; doubt[to]=0; R(4); printf("%d: %d back from the keyring\n",me,vault[to]) :: else fi };
#endif
#if SWUNS
        if :: !unsure(to) && op!=4 -> goto again :: else fi;
#endif
        if :: !unsure(to) -> goto out :: else fi;
#if BACKUP
        if :: kr[to]<12 && krl[to] && kr[to]>vault[to] -> goto out :: else fi;       /* the client may have replaced it without Baton */
#endif
        R(11); s=to; force=1; goto refresh
   fi;
refresh:
   t=vault[s];
   if :: t>=12 || (unsure(s) && !force) || cur[LOGIN(t)]>=3 || ((s!=U) && !poolok(s)) -> goto out :: else fi;
#ifdef KEYID
   if :: s==U && SPT(U,t) -> goto out :: else fi;
#endif
   /* r==t: the account is live. First see that the files can be written (W3), then make the journal entry (J1, J2). */
#ifndef NOLOOK
   if :: r==t && lmode==2 -> goto out :: else fi;
#endif
#ifndef NORES
   if :: nospace -> goto out :: else fi;
#endif
   atomic { FAIL; if :: ok && (!nospace) && vault[s]==t -> 
#ifndef NOMARK
        jr=jr|BIT(t)
#else
        skip
#endif
        :: else -> ok=0 fi };
   if :: !ok -> goto out :: else fi; CP;
   if :: r!=t -> rel() :: else fi; SP;
   atomic { if
#ifdef NOFENCE
      :: true -> server(t,n,0)
#else
      :: (r==t && lk[REF]==me && lk[SL]==me && live==t && clear(s)) || (r!=t && vault[s]==t && live!=t && clear(s)) -> server(t,n,0)
#endif
      :: else -> n=TORN fi };
   if :: n==TORN -> atomic { if :: !force -> jr=jr&~BIT(t) :: else fi }; goto out :: else fi;
   if :: n==NONE -> SP;
        atomic { if
#ifdef NOREPFENCE
           :: true -> server(t,n,0)
#else
           :: (r==t && lk[REF]==me && lk[SL]==me && live==t && clear(s)) || (r!=t && vault[s]==t && live!=t && clear(s)) -> server(t,n,0)
#endif
           :: else fi }
      :: else fi;
   if :: n==NONE -> goto out
      :: n==TOMB -> atomic { if :: s==U && vault[U]==t -> vault[U]=NONE; ukey=NONE :: else fi }; goto out
      :: else fi;
   CPX(LOGIN(t));
#ifdef NORES
   if :: nospace -> goto out :: else fi;                                 /* J1: no room for the answer */
#endif
   atomic { ja=ja|BIT(t); printf("%d: journal has %d\n",me,t+1) };
#ifdef VAULTFIRST
   if :: r==t -> CPG(LOGIN(t)); done=(op!=1 && op!=16 && op!=32); goto again :: else fi;
#endif
   if :: r==t ->                                                      /* R2: the live file first */
        CPG(LOGIN(t)); SPG(LOGIN(t));
retry:
#ifdef NOSTAGE
        if :: nospace -> goto out :: else fi;
#endif
        atomic { FREE(SW) -> lk[SW]=me };
        FAIL;
        if :: !ok ->
#ifdef NORETRY
             drop(SW); goto out
#else
             drop(SW); goto retry
#endif
           :: else fi;
        atomic { if :: lmode<2 && LOCKED && live==t ->
#ifdef NOLOOK
             if :: lmode==1 -> ok=0 :: else -> live=t+1 fi
#else
             if :: lmode==1 -> live=TORN; sib=0;
#ifndef NOCOPY
                copy=1; cptok=t
#endif
                :: else -> live=t+1 fi
#endif
             :: else -> ok=0 fi };
        if :: ok && lmode==1 -> CPG(LOGIN(t)); atomic { live=t+1; copy=0; cptok=NONE; sib=1 } :: else fi;
        if :: ok -> if :: lmode==1 -> R(7) :: else -> R(8) fi; printf("%d: live=%d\n",me,live) :: else fi;
        CP; drop(SW); done=(op!=1 && op!=16 && op!=32);
        goto again
      :: else -> CP; done=(op!=1 && op!=16 && op!=32); SP; goto reopen
   fi;
out: rel(); atomic { if :: to!=NONE && ac[to]==me -> ac[to]=0 :: else fi }; goto fin;
crashed:
#ifdef NOJ
   atomic { ja=0; if :: jx==2 -> jx=0 :: else fi };
#endif
   atomic { gone[me]=1; if :: to!=NONE && ac[to]==me -> ac[to]=0 :: else fi; if :: gd==me -> gd=0 :: else fi;
      me=me+4; op=0; to=NONE; from=NONE; s=NONE; p=0; r=0; lv=0; t=0; n=NONE; ok=0; force=0; done=0; ph=0 };
   goto start;
fin: ndone++;
   if :: last -> atomic {
      printf("END live=%d oauth=%d vault=%d,%d,%d ukey=%d pool=%d,%d,%d cur=%d,%d,%d spent=%d aside=%d jr=%d ja=%d jx=%d doubt=%d%d\n",live,oauth,vault[0],vault[1],vault[2],ukey,pool[0],pool[1],pool[2],cur[0],cur[1],cur[2],spent,aside,jr,ja,jx,doubt[0],doubt[1]);
      CHECK(FREE(REF) && FREE(SL) && FREE(SW) && gd==0 && ac[0]==0 && ac[1]==0 && ac[2]==0,"VIOLATION: a lock is left\n");
      CHECK(live!=TORN && sib==1,"VIOLATION: live file torn or its siblings lost\n");
      CHECK((live>=12 || OWN(live)==2 || rm[OWN(live)] || oauth==OWN(live) || INIT==9),"VIOLATION: oauthAccount names another account for good\n");
      /* The newest token of every usable login is stored somewhere. */
      CHECK(!ELIG(2) || KEPT(2),"VIOLATION: a good login (2) is kept nowhere\n");
      CHECK(!ELIG(0) || KEPT(0),"VIOLATION: a good login (0) is kept nowhere\n");
      CHECK(!ELIG(1) || KEPT(1),"VIOLATION: a good login (1) is kept nowhere\n");
      /* The token that would be used next is the newest, or the account is marked. */
      s=0; do :: s<2 ->
         t=((live<12 && OWN(live)==s) -> live : vault[s]);
         CHECK(rm[s] || t>=12 || cur[LOGIN(t)]==GEN(t) || (exc[LOGIN(t)] && !HONEST) || dead[LOGIN(t)] || unsure(s) || rival(s),"VIOLATION: a spent token is in use and called good\n"); s++ :: else -> break od }
   :: else fi }

/* A new client refreshes. */
proctype CNEW() { byte me=9, mem, r, rep; byte n=CNR;
   do :: n>0 -> n--; mem=live;
      if :: mem>=12 -> goto next :: mem<12 && cur[LOGIN(mem)]>=3 -> goto next :: else fi;
      if :: atomic { FREE(REF) -> lk[REF]=me } :: else -> goto next fi;
      if :: atomic { FREE(SL) -> lk[SL]=me } :: else -> drop(REF); goto next fi;
      r=live;
      if :: r!=mem || cur[LOGIN(mem)]>=3 -> skip
         :: else -> server(mem,rep,1);
            if :: rep==NONE -> skip
               :: else -> ctake(SW); atomic { if :: live==mem -> live=rep; printf("new client: live=%d\n",rep) :: else -> printf("new client drops %d\n",rep); if :: CLG>0 && rep<12 -> exc[LOGIN(rep)]=1 :: else fi fi }; drop(SW) fi fi;
      drop(SL); drop(REF);
next: skip
   :: n==0 -> break od; ndone++ }
/* An old client refreshes: it knows one lock and does not compare before it writes. */
proctype COLD() { byte me=10, mem, r, rep; byte n=COR;
   do :: n>0 -> n--; mem=live;
      if :: mem>=12 -> goto next :: mem<12 && cur[LOGIN(mem)]>=3 -> goto next :: else fi;
      if :: atomic { FREE(SL) -> lk[SL]=me } :: else -> goto next fi;
      r=live;
      if :: r!=mem || cur[LOGIN(mem)]>=3 -> skip
         :: else -> server(mem,rep,1); if :: rep!=NONE -> atomic { live=rep; printf("old client: live=%d\n",rep) } :: else fi fi;
      drop(SL);
next: skip
   :: n==0 -> break od; ndone++ }
/* The client rewrites the siblings. */
proctype CM() { byte me=11, r; ctake(SW); r=live; atomic { if :: r<12 -> live=r; printf("client rewrites siblings, live=%d\n",r) :: else fi }; drop(SW); ndone++ }
/* /login as A inside the client. */
proctype CLOG() { byte me=8; ctake(SW);
   atomic { if :: relogs>0 && live<12 -> relogs--; iss2=1; if :: OWN(live)==0 -> sup[LOGIN(live)]=1 :: OWN(live)!=0 && vault[OWN(live)]!=live -> exc[LOGIN(live)]=1 :: else fi;
      live=8; oauth=0; printf("/login: live=8\n") :: else fi }; drop(SW); ndone++ }
/* Another switcher. It does not activate an account whose refresh is in flight: that cannot be prevented. */
proctype FS() { byte me=8;
   if :: atomic { lk[REF]==0 && lk[SL]==0 && live<8 -> lk[REF]=me; lk[SL]=me };
         atomic { if :: pool[1-OWN(live)]<8 && ((spent|jr)&BIT(pool[1-OWN(live)]))==0 && GEN(pool[1-OWN(live)])==cur[LOGIN(pool[1-OWN(live)])] ->
              pool[OWN(live)]=live; live=pool[1-OWN(live)]; printf("other switcher: live=%d\n",live) :: else fi };
         drop(SL); drop(REF)
      :: true fi; ndone++ }
/* A pool writer without locks. Its refresh is one step: two programs that present one token at the same moment cannot be
 * prevented. */
proctype HK() { byte me=12, k, v, rep;
   if :: (HUSK&1) -> if :: k=0 :: k=1 fi;
           atomic { if :: pool[k]<12 && pool[k]!=live && GEN(pool[k])==cur[LOGIN(pool[k])] && cur[LOGIN(pool[k])]<3 && !dead[LOGIN(pool[k])] && ((spent|jr)&BIT(pool[k]))==0
                      -> cur[LOGIN(pool[k])]++; pool[k]=pool[k]+1; printf("huskies: pool[%d]=%d\n",k,pool[k]) :: else fi }
      :: (HUSK&2) -> if :: k=0 :: k=1 fi; v=pool[k]; pool[k]=v
      :: (HUSK&4) -> if :: k=0 :: k=1 :: k=U fi; atomic { if :: relogs>0 -> relogs--; iss2=1; pool[k]=8; printf("huskies logs in: pool[%d]=8\n",k) :: else fi }
      :: (HUSK&8) -> pool[U]=pool[0]
   fi; ndone++ }
/* A backup of Baton's files is restored while no operation runs. */
proctype BK() { ndone>=1; atomic { gd==0 && ac[0]==0 && ac[1]==0 -> vault[0]=0; vault[1]=4; vault[U]=NONE; ukey=NONE; spent=0; doubt[0]=1; doubt[1]=1; pool[0]=0; pool[1]=4; pool[U]=NONE; ja=0; jr=0; aside=0;
   if :: live=0; oauth=0 :: true fi;
   if :: !KEPT(0) -> exc[0]=1 :: else fi; if :: !KEPT(1) -> exc[1]=1 :: else fi; ndone++; printf("vault restored from a backup\n") } }
/* The disk becomes full. */
proctype DISK() { nospace=1; printf("disk full\n"); ndone==NPROC; nospace=0; ndone++ }

init { atomic { vault[0]=0; vault[1]=4; vault[U]=NONE; pool[0]=0; pool[1]=4; pool[U]=NONE; kr[0]=NONE; kr[1]=NONE;
#if INIT==1
   /* The live file is an older generation, from a backup. */
   vault[0]=1; pool[0]=1; cur[0]=1; live=0; gap[0]=1;
#endif
#if INIT==2
   /* A was removed and its login is live. */
   rm[0]=1; vault[0]=NONE; pool[0]=NONE;
#endif
#if INIT==3
   /* The pool has A's token under another key too. */
   pool[U]=0;
#endif
#if INIT==4
   /* A is live and not in the vault; login 2, of another organisation, is unidentified under A's email. */
   vault[0]=NONE; pool[0]=8; vault[U]=8; iss2=1; relogs=0;
#ifdef ENSURE
   ukey=0;
#endif
#endif
#if INIT==5
   /* Login 2 is live, unidentified, known only from the pool. */
   pool[U]=8; live=8; iss2=1; relogs=0; vault[U]=8; activ=U;
#endif
#if INIT==6
   /* The pool writer replaced A's entry by login 2. */
   pool[0]=8; iss2=1; relogs=0;
#endif
#if INIT==9
   /* With EXO=1: an earlier version of Baton stored B's login as A's. */
   vault[0]=8; pool[0]=8; live=4; oauth=1; iss2=1; relogs=0; exc[0]=1;
#endif
#if INIT==10
   /* With EXO=2: three accounts. */
   vault[U]=8; pool[U]=8; idu=1; iss2=1; relogs=0;
#endif
#if INIT==11
   /* With EXO=0: the pool has the predecessor of what the client stored. */
   live=9; cur[2]=1; iss2=1; relogs=0; pool[0]=8; vault[0]=9; sup[0]=1;
#endif
#if INIT==8
   /* With EXO=0: the live file has the account's earlier login, which Baton never saw. */
   vault[0]=8; pool[0]=8; iss2=1; relogs=0;
#endif
#if INIT==7
   /* B is live. */
   live=4; oauth=1; activ=1;
#endif
#if UNREP
   if :: lmode=0 :: lmode=1 :: lmode=2 fi; if :: cfgbad=0 :: cfgbad=1 fi;
#endif
   run BT(1,0);
#if NBATON>1
   run BT(2,0);
#endif
#if CNR>0
   run CNEW();
#endif
#if COR>0
   run COLD();
#endif
#if CMCP>0
   run CM();
#endif
#if CLG>0
   run CLOG();
#endif
#if FSW>0
   run FS();
#endif
#if HUSK>0
   run HK();
#endif
#if BACKUP>0
   run BK();
#endif
#if FULLD>0
   run DISK();
#endif
   run BT(3,1) } }
